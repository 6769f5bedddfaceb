import type { AuthorizationEntry } from "../token/entry.ts";
import { type Clock, lifeState } from "../token/life.ts";
import { scheduleCheck } from "./check-schedule.ts";
import type { HeldAuthorizations } from "./due.ts";
import type { Job } from "./job.ts";
import { isOver, pauseLeft, pauseOf } from "./pause.ts";
import { type Issue, scheduleRenewal } from "./renewal.ts";
import type { GroupState, PlannedIssue, RefresherState } from "./state.ts";
import { stateFormat } from "./state.ts";
import type { Random, Timing } from "./timing.ts";

const noGroup: GroupState = {};

/**
 * The state in the light of what lies there: a token that somebody else brought gets a plan and ends the
 * failures before it; at a first start each group draws its moment.
 */
export function syncGroups(
  state: RefresherState,
  jobs: readonly Job[],
  held: HeldAuthorizations,
  clock: Clock,
  random: Random,
  timing: Timing,
): RefresherState {
  const splay = state.splay && !isOver(state.splay, clock) ? state.splay : undefined;
  const changed = new Map<string, GroupState>();
  for (const { key } of jobs) {
    const known = state.groups[key];
    let group = known ?? noGroup;
    const entry = held.get(key);
    if (entry && !isIssue(group.issue, entry) && lifeState(entry.life, clock) !== "expired") {
      const { failure, ...rest } = group;
      group = { ...rest, issue: planIssue(entry, {}, clock, random, timing) };
    }
    if (splay && !group.hold) {
      group = { ...group, hold: pauseOf(Math.ceil(pauseLeft(splay, clock) * random()), clock) };
    }
    if (group !== known) changed.set(key, group);
  }
  const { groups } = withGroups(state, changed);
  return splay ? { format: stateFormat, splay, groups } : { format: stateFormat, groups };
}

/** The state with these groups in the place of theirs. */
export function withGroups(state: RefresherState, changed: ReadonlyMap<string, GroupState>): RefresherState {
  if (changed.size === 0) return state;
  const groups = { ...state.groups };
  for (const [key, group] of changed) groups[key] = group;
  return { ...state, groups };
}

/** The state without what is no longer kept: for a new list of jobs. */
export function removeStaleGroups(state: RefresherState, jobs: readonly Job[]): RefresherState {
  const kept = jobs.flatMap(({ key }) => (state.groups[key] ? [[key, state.groups[key]] as const] : []));
  return { ...state, groups: Object.fromEntries(kept) };
}

/** The plan for a token that has just come to be known. */
export function planIssue(
  entry: AuthorizationEntry,
  arrival: Issue,
  clock: Clock,
  random: Random,
  timing: Timing,
): PlannedIssue {
  const { issuedAt, expiresAt } = entry.life;
  const renewAfter = scheduleRenewal(entry, arrival, clock, random, timing);
  const checkAfter = scheduleCheck(entry, renewAfter, random, timing);
  return { issuedAt, expiresAt, renewAfter, ...(checkAfter !== undefined && { checkAfter }) };
}

function isIssue(planned: PlannedIssue | undefined, { life }: AuthorizationEntry): boolean {
  return planned?.issuedAt === life.issuedAt && planned.expiresAt === life.expiresAt;
}
