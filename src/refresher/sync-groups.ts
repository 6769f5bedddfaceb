import type { AuthorizationEntry } from "../token/entry.ts";
import { type Clock, lifeState } from "../token/life.ts";
import { scheduleCheck } from "./check-schedule.ts";
import type { StoredAuthorizations } from "./due.ts";
import type { Job } from "./job.ts";
import { isOver, pauseLeft, pauseOf } from "./pause.ts";
import { type IssueContext, scheduleRenewal } from "./renewal.ts";
import type { GroupState, PlannedIssue, RefresherState } from "./state.ts";
import { stateFormat } from "./state.ts";
import type { Random, Timing } from "./timing.ts";

const noGroup: GroupState = {};

/**
 * The state updated from the stored tokens: a token that another process fetched gets a plan and clears earlier
 * failures. At a first start each group gets a random delay within the splay.
 */
export function syncGroups(
  state: RefresherState,
  jobs: readonly Job[],
  stored: StoredAuthorizations,
  clock: Clock,
  random: Random,
  timing: Timing,
): RefresherState {
  const splay = state.splay && !isOver(state.splay, clock) ? state.splay : undefined;
  const changed = new Map<string, GroupState>();
  for (const { key } of jobs) {
    const known = state.groups[key];
    let group = known ?? noGroup;
    const entry = stored.get(key);
    if (entry && !isPlanFor(group.issue, entry) && lifeState(entry.life, clock) !== "expired") {
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

/** The state with these groups replaced. */
export function withGroups(state: RefresherState, changed: ReadonlyMap<string, GroupState>): RefresherState {
  if (changed.size === 0) return state;
  const groups = { ...state.groups };
  for (const [key, group] of changed) groups[key] = group;
  return { ...state, groups };
}

/** The state without the groups that are in no job. */
export function removeStaleGroups(state: RefresherState, jobs: readonly Job[]): RefresherState {
  const groups = jobs.flatMap(({ key }) => (state.groups[key] ? [[key, state.groups[key]] as const] : []));
  return { ...state, groups: Object.fromEntries(groups) };
}

/** The plan for a token that has just been fetched or read for the first time. */
export function planIssue(
  entry: AuthorizationEntry,
  context: IssueContext,
  clock: Clock,
  random: Random,
  timing: Timing,
): PlannedIssue {
  const { issuedAt, expiresAt } = entry.life;
  const renewAfter = scheduleRenewal(entry, context, clock, random, timing);
  const checkAfter = scheduleCheck(entry, renewAfter, random, timing);
  return { issuedAt, expiresAt, renewAfter, ...(checkAfter !== undefined && { checkAfter }) };
}

function isPlanFor(planned: PlannedIssue | undefined, { life }: AuthorizationEntry): boolean {
  return planned?.issuedAt === life.issuedAt && planned.expiresAt === life.expiresAt;
}
