import type { AuthorizationEntry } from "../token/entry.ts";
import type { Failure } from "../token/failure.ts";
import { type Clock, lifeState } from "../token/life.ts";
import { waitAfter } from "./backoff.ts";
import type { RenewalDecision } from "./due.ts";
import { recordFailure } from "./failure-record.ts";
import type { Job } from "./job.ts";
import { ageOf } from "./pause.ts";
import type { GroupState } from "./state.ts";
import { planIssue } from "./sync-groups.ts";
import type { Random, Timing } from "./timing.ts";

/** A group's state after a token was fetched: its failures are cleared and its next renewal is scheduled. */
export function afterToken(
  group: GroupState,
  decision: RenewalDecision,
  entry: AuthorizationEntry,
  clock: Clock,
  random: Random,
  timing: Timing,
): GroupState {
  const delayed = delayByFailures(group, decision, clock);
  const issue = planIssue(entry, { delayed }, clock, random, timing);
  const { hold, rest, counts } = group;
  return { issue, ...(hold && { hold }), ...(rest && { rest }), ...(counts && { counts }) };
}

/** A group's state after a failure. The stored token stays in use. */
export function afterFailure(
  group: GroupState,
  { job, entry }: RenewalDecision,
  failure: Failure,
  clock: Clock,
  random: Random,
  timing: Timing,
): GroupState {
  const wait = (count: number) => waitAfter(failure.code, count, entry, clock, random, timing);
  return { ...group, failure: recordFailure(failure, group.failure, job.conditions, clock, wait) };
}

export function afterPublishing(
  group: GroupState,
  { revision }: Job,
  { life }: AuthorizationEntry,
): GroupState {
  return { ...group, served: { issuedAt: life.issuedAt, revision } };
}

/** Whether the registries' token files still have to be written with a token that has not expired. */
export function needsPublishing(
  group: GroupState | undefined,
  { revision }: Job,
  entry: AuthorizationEntry | undefined,
  clock: Clock,
): boolean {
  if (!entry) return false;
  const { served } = group ?? {};
  if (served?.issuedAt === entry.life.issuedAt && served.revision === revision) return false;
  return lifeState(entry.life, clock) !== "expired";
}

/**
 * Milliseconds by which failures delayed a renewal. 0 without failures: a machine that slept or whose clock was set is
 * late alone, so the fleet need not be spread again.
 */
function delayByFailures(
  { failure, issue }: GroupState,
  { entry }: RenewalDecision,
  clock: Clock,
): number | undefined {
  if (!entry || !issue || lifeState(entry.life, clock) === "expired") return undefined;
  return failure ? Math.max(0, ageOf(entry.life, clock) - issue.renewAfter) : 0;
}
