import type { AuthorizationEntry } from "../token/entry.ts";
import { type Clock, lifeState } from "../token/life.ts";
import type { HeldAuthorizations } from "./due.ts";
import type { Job } from "./job.ts";
import { ageOf } from "./pause.ts";
import type { PlannedIssue, RefresherState } from "./state.ts";
import type { Random, Timing } from "./timing.ts";

/*
 * No document says whether a token dies with the session of the role that fetched it. It is renewed by its own expiry,
 * as by AWS's tools; but once the session has ended, its registry is asked whether it still accepts the token. One that
 * is refused is renewed at once.
 */

/**
 * At which age of a token its registry is asked, in milliseconds; undefined: never, as its session outlives the renewal
 * or had ended before.
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

/** The tokens whose registry is to be asked now. */
export function dueChecks(
  jobs: readonly Job[],
  held: HeldAuthorizations,
  { groups }: RefresherState,
  clock: Clock,
): readonly Job[] {
  return jobs.filter(({ key }) => {
    const entry = held.get(key);
    const { checkAfter = Infinity, renewAfter = 0 } = groups[key]?.issue ?? {};
    if (!entry || lifeState(entry.life, clock) !== "fresh") return false;
    const age = ageOf(entry.life, clock);
    // What is due for renewal need not be asked about.
    return age >= checkAfter && age < renewAfter;
  });
}

/** accepted: it answered otherwise. unknown: no registry answered. */
export type TokenVerdict = "accepted" | "refused" | "unknown";

/** The plan for a token after its registry was asked. @param age of the token, milliseconds */
export function afterCheck(
  { checkAfter, ...issue }: PlannedIssue,
  verdict: TokenVerdict,
  age: number,
  { check }: Timing,
): PlannedIssue {
  if (verdict === "refused") return { ...issue, renewAfter: 0 };
  const next = age + check.retry;
  return verdict === "unknown" && next < issue.renewAfter ? { ...issue, checkAfter: next } : issue;
}
