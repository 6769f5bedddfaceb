import type { AuthorizationEntry } from "../token/entry.ts";
import { type Clock, lifeState } from "../token/life.ts";
import type { StoredAuthorizations } from "./due.ts";
import type { Job } from "./job.ts";
import { ageOf } from "./pause.ts";
import type { PlannedIssue, RefresherState } from "./state.ts";
import type { Random, Timing } from "./timing.ts";

/*
 * AWS does not document whether a token ends with the session of the role that fetched it. Tokens are renewed by their
 * own expiry, as by AWS's tools. But once the session has ended, a request to the registry checks whether it still
 * accepts the token. A refused token is renewed at once.
 */

/**
 * The age at which a token is checked, in milliseconds; undefined: never, since its session ends after the renewal, or
 * had ended before the token's issue.
 */
export function scheduleCheck(
  { life, sessionEndsAt }: Pick<AuthorizationEntry, "life" | "sessionEndsAt">,
  renewAfter: number,
  random: Random,
  { check }: Timing,
): number | undefined {
  const session = sessionEndsAt === undefined ? 0 : sessionEndsAt - life.issuedAt;
  if (session <= 0) return undefined;
  const at = Math.max(check.floor, session) + Math.ceil(check.spread * random());
  return at < renewAfter ? at : undefined;
}

/** The jobs whose tokens are to be checked now. */
export function dueChecks(
  jobs: readonly Job[],
  held: StoredAuthorizations,
  { groups }: RefresherState,
  clock: Clock,
): readonly Job[] {
  return jobs.filter(({ key }) => {
    const entry = held.get(key);
    const { checkAfter = Infinity, renewAfter = 0 } = groups[key]?.issue ?? {};
    if (!entry || lifeState(entry.life, clock) !== "fresh") return false;
    const age = ageOf(entry.life, clock);
    // A token that is due for renewal needs no check.
    return age >= checkAfter && age < renewAfter;
  });
}

/** refused: the registry answered that the token is invalid. accepted: any other answer. unknown: no answer. */
export type TokenVerdict = "accepted" | "refused" | "unknown";

/** The plan for a token after its check. @param age of the token, milliseconds @param now milliseconds since the epoch */
export function afterCheck(
  { checkAfter, ...issue }: PlannedIssue,
  verdict: TokenVerdict,
  age: number,
  now: number,
  { check }: Timing,
): PlannedIssue {
  if (verdict === "refused") return { ...issue, renewAfter: 0, refusedAt: now };
  const next = age + check.retry;
  return verdict === "unknown" && next < issue.renewAfter ? { ...issue, checkAfter: next } : issue;
}
