import type { Call } from "./calls.ts";
import type { Disturbance } from "./disturbances.ts";
import type { World } from "./world.ts";

/** How an answered call is to fail. */
export type Failure = Extract<Disturbance, { kind: "fail" | "throttle" }>;

/**
 * Lets the latency pass that is set for the call and finds what is to go wrong with it.
 *
 * @returns "silence" where the caller must not answer; how to fail, if so; else undefined
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
