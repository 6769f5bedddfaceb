import type { AuthorizationEntry } from "../token/entry.ts";
import type { Failure } from "../token/failure.ts";
import { type Clock, lifeState } from "../token/life.ts";
import { waitAfter } from "./backoff.ts";
import type { RenewalDecision } from "./due.ts";
import { keptFailure } from "./failure-record.ts";
import type { Job } from "./job.ts";
import { ageOf } from "./pause.ts";
import type { GroupState } from "./state.ts";
import { planIssue } from "./sync-groups.ts";
import type { Random, Timing } from "./timing.ts";

/** A group's state after a token came: the failures before it are over, its renewal is drawn. */
export function afterToken(
  group: GroupState,
  decision: RenewalDecision,
  entry: AuthorizationEntry,
  clock: Clock,
  random: Random,
  timing: Timing,
): GroupState {
  const delayed = heldUpFor(group, decision, clock);
  const issue = planIssue(entry, { delayed }, clock, random, timing);
  const { hold, rest, counts } = group;
  return { issue, ...(hold && { hold }), ...(rest && { rest }), ...(counts && { counts }) };
}

/** A group's state after a failure; the token lying there goes on to be served. */
export function afterFailure(
  group: GroupState,
  { job, entry }: RenewalDecision,
  failure: Failure,
  clock: Clock,
  random: Random,
  timing: Timing,
): GroupState {
  const wait = (count: number) => waitAfter(failure.code, count, entry, clock, random, timing);
  return { ...group, failure: keptFailure(failure, group.failure, job.conditions, clock, wait) };
}

export function afterPublishing(
  group: GroupState,
  { revision }: Job,
  { life }: AuthorizationEntry,
): GroupState {
  return { ...group, served: { issuedAt: life.issuedAt, revision } };
}

/** Whether the registries' files are still to be written, for a token that may be handed out. */
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
 * How long failures kept a renewal from its moment. A machine that slept or whose clock was moved is most likely
 * alone with that: 0.
 */
function heldUpFor(
  { failure, issue }: GroupState,
  { entry }: RenewalDecision,
  clock: Clock,
): number | undefined {
  if (!entry || !issue || lifeState(entry.life, clock) === "expired") return undefined;
  return failure ? Math.max(0, ageOf(entry.life, clock) - issue.renewAfter) : 0;
}
