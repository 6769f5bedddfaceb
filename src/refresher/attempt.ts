import { within } from "../limits/concurrency.ts";
import type { AuthorizationEntry } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";
import { lifeState } from "../token/life.ts";
import { timeoutFailure, toFailure } from "./failures.ts";
import { createGuard, sameToken } from "./guard.ts";
import type { Job } from "./job.ts";
import type { RefreshPorts } from "./ports.ts";
import type { Timing } from "./timing.ts";

/** The result of a step of a pass. stopped: the daemon ends, so the result of the job is unknown. */
export type Outcome =
  | { readonly kind: "done"; readonly entry: AuthorizationEntry }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "superseded" | "stopped" };

/** Renews the token of a job. Never rejects. */
export function renew(
  job: Job,
  current: AuthorizationEntry | undefined,
  ports: RefreshPorts,
  stop: AbortSignal,
  timing: Timing,
): Promise<Outcome> {
  return attempt(job, stop, ports.deadline(timing.callLimit), async (signal) => {
    const entry = await ports.renew(job, current, createGuard(ports, job, current, signal));
    // Counted as a success, it would be fetched again at each pass.
    if (sameToken(entry, current) || lifeState(entry.life, ports.clock()) === "expired") {
      const what = `the token returned for ${job.identity} in ${job.region} is not newer than the stored one, or has expired`;
      throw new Failure(
        "BAD_ANSWER",
        what,
        "check this machine's clock and which server answers instead of AWS",
      );
    }
    const superseded = await createGuard(ports, job, entry, signal).isSuperseded();
    return superseded ? { kind: "superseded" } : { kind: "done", entry };
  });
}

/** Writes the token files of the job's registries. Never rejects. */
export function publish(
  job: Job,
  entry: AuthorizationEntry,
  ports: RefreshPorts,
  stop: AbortSignal,
  timing: Timing,
): Promise<Outcome> {
  return attempt(job, stop, ports.deadline(timing.callLimit), async (signal) => {
    const guard = createGuard(ports, job, entry, signal);
    if (await guard.isSuperseded()) return { kind: "superseded" };
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
  const subject = `${job.identity} in ${job.region}`;
  const timeout = () => timeoutFailure(`the renewal for ${subject} did not end within its time limit`);
  try {
    return await within(signal, work(signal), timeout);
  } catch (error) {
    if (stop.aborted) return { kind: "stopped" };
    return { kind: "failed", failure: toFailure(error, `no ECR token for ${subject}`) };
  }
}
