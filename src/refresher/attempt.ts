import type { AuthorizationEntry } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";
import { lifeState } from "../token/life.ts";
import { redact } from "../token/redact.ts";
import { guardOf, sameToken, within } from "./guard.ts";
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
export function serve(
  job: Job,
  entry: AuthorizationEntry,
  ports: RefreshPorts,
  stop: AbortSignal,
  timing: Timing,
): Promise<Outcome> {
  return attempt(job, stop, ports.deadline(timing.callLimit), async (signal) => {
    const guard = guardOf(ports, job, entry, signal);
    if (await guard.unless()) return { kind: "overtaken" };
    await ports.serve(job, entry, guard);
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
  try {
    return await within(signal, work(signal), () => timeout(job));
  } catch (error) {
    if (stop.aborted) return { kind: "stopped" };
    return { kind: "failed", failure: error instanceof Failure ? error : unexpected(job, error) };
  }
}

function timeout({ identity, region }: Job): Failure {
  const what = `nothing came of the renewal for ${identity} in ${region} within its time limit`;
  return new Failure(
    "REFRESH_TIMEOUT",
    what,
    "see whether a credential_process, the network or the disk hangs",
  );
}

function unexpected({ identity, region }: Job, error: unknown): Failure {
  const why = redact(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  const what = `no ECR token for ${identity} in ${region}: ${why}`;
  return new Failure("UNEXPECTED", what, "if it stays, report this line as a bug", { cause: error });
}
