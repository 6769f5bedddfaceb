import { within } from "../limits/concurrency.ts";
import type { AuthorizationEntry } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";
import { lifeState } from "../token/life.ts";
import { timeoutFailure, toFailure } from "./failures.ts";
import { guardOf, sameToken } from "./guard.ts";
import type { Job } from "./job.ts";
import type { RefreshPorts } from "./ports.ts";
import type { Timing } from "./timing.ts";

/** What came of a step of a pass. stopped: the daemon ends; nothing can be said of the job. */
export type Outcome =
  | { readonly kind: "done"; readonly entry: AuthorizationEntry }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "overtaken" | "stopped" };

/** Asks for the token of a job. Never rejects. */
export function renew(
  job: Job,
  seen: AuthorizationEntry | undefined,
  ports: RefreshPorts,
  stop: AbortSignal,
  timing: Timing,
): Promise<Outcome> {
  return attempt(job, stop, ports.deadline(timing.callLimit), async (signal) => {
    const entry = await ports.renew(job, seen, guardOf(ports, job, seen, signal));
    // Taken for a success it would be asked for again at each pass.
    if (sameToken(entry, seen) || lifeState(entry.life, ports.clock()) === "expired") {
      const what = `the token that came for ${job.identity} in ${job.region} is no newer one, or expired already`;
      throw new Failure("BAD_ANSWER", what, "check this machine's clock and what answers in AWS's place");
    }
    const overtaken = await guardOf(ports, job, entry, signal).unless();
    return overtaken ? { kind: "overtaken" } : { kind: "done", entry };
  });
}

/** Has the token files of the job's registries written. Never rejects. */
export function publish(
  job: Job,
  entry: AuthorizationEntry,
  ports: RefreshPorts,
  stop: AbortSignal,
  timing: Timing,
): Promise<Outcome> {
  return attempt(job, stop, ports.deadline(timing.callLimit), async (signal) => {
    const guard = guardOf(ports, job, entry, signal);
    if (await guard.unless()) return { kind: "overtaken" };
    await ports.publish(job, entry, guard);
    return { kind: "done", entry };
  });
}

async function attempt(
  job: Job,
  stop: AbortSignal,
  deadline: AbortSignal,
  work: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  const signal = AbortSignal.any([stop, deadline]);
  const whose = `${job.identity} in ${job.region}`;
  const late = () => timeoutFailure(`nothing came of the renewal for ${whose} within its time limit`);
  try {
    return await within(signal, work(signal), late);
  } catch (error) {
    if (stop.aborted) return { kind: "stopped" };
    return { kind: "failed", failure: toFailure(error, `no ECR token for ${whose}`) };
  }
}
