import type { Call } from "./calls.ts";
import type { Disturbance } from "./disturbances.ts";
import type { World } from "./world.ts";

/** The simulated failure of a call. */
export type Failure = Extract<Disturbance, { kind: "fail" | "throttle" }>;

/**
 * Waits for the call's latency, and returns its simulated failure.
 *
 * @returns "silence" if the caller must not respond; the failure; or undefined
 */
export async function strike(
  world: World,
  call: Call,
  connection: { destroy(): unknown },
): Promise<"silence" | Failure | undefined> {
  const latency = world.disturbances.latencyOf(call.operation);
  if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
  const disturbance = world.disturbances.take(call.operation, call.region);
  if (disturbance?.kind !== "hang" && disturbance?.kind !== "refuse") return disturbance;
  call.outcome = disturbance.kind;
  if (disturbance.kind === "refuse") connection.destroy();
  return "silence";
}
