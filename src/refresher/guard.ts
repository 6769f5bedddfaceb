import type { AuthorizationEntry } from "../token/entry.ts";
import type { Job } from "./job.ts";
import type { Guard, RefreshPorts } from "./ports.ts";

/**
 * Lets a result through only while what lies there is `expected`, the job is still planned and nobody has given
 * it up. A token that was erased must not come back by a call that was asked before, nor one of another process
 * be replaced by an older one.
 */
export function guardOf(
  ports: RefreshPorts,
  job: Job,
  expected: AuthorizationEntry | undefined,
  signal: AbortSignal,
): Guard {
  const unless = async () => {
    if (signal.aborted || !ports.planned(job)) return true;
    const cached = (await ports.read([job.key])).get(job.key);
    return !sameToken(cached, expected) || signal.aborted;
  };
  return { unless, signal };
}

type Issue = Pick<AuthorizationEntry, "secret" | "life">;

export function sameToken(a: Issue | undefined, b: Issue | undefined): boolean {
  return a?.secret === b?.secret && a?.life.issuedAt === b?.life.issuedAt;
}
