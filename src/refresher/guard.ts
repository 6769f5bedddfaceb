import type { AuthorizationEntry } from "../token/entry.ts";
import type { Job } from "./job.ts";
import type { Guard, RefreshPorts } from "./ports.ts";

/**
 * Allows a result to be written only while the stored token is `expected`, the job is still planned and `signal` has not
 * aborted. A call that began before must not bring back a token that was erased since, nor replace a newer token of
 * another process.
 */
export function createGuard(
  ports: RefreshPorts,
  job: Job,
  expected: AuthorizationEntry | undefined,
  signal: AbortSignal,
): Guard {
  const isSuperseded = async () => {
    if (signal.aborted || !ports.isPlanned(job)) return true;
    const cached = (await ports.read([job.key])).get(job.key);
    return !sameToken(cached, expected) || signal.aborted;
  };
  return { isSuperseded, signal };
}

type IssuedSecret = Pick<AuthorizationEntry, "secret" | "life">;

export function sameToken(a: IssuedSecret | undefined, b: IssuedSecret | undefined): boolean {
  return a?.secret === b?.secret && a?.life.issuedAt === b?.life.issuedAt;
}
