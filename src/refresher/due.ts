import type { AuthorizationEntry } from "../token/entry.ts";
import { type Clock, lifeState, timeLeft } from "../token/life.ts";
import { isWaiting } from "./failure-record.ts";
import type { Job } from "./job.ts";
import { ageOf, cooldownLeft, pauseLeft } from "./pause.ts";
import type { GroupState, RefresherState } from "./state.ts";

/**
 * Why a token is to be fetched. absent: there is none, or it has expired. stale: less than `minValidity` is left, or the
 * clock was set to before its issue. renewal: its scheduled renewal is due.
 */
export type Need = "absent" | "stale" | "renewal";

/** Whether and when a job's token is to be renewed. */
export interface RenewalDecision {
  readonly job: Job;
  /** The stored token. */
  readonly entry: AuthorizationEntry | undefined;
  /** Absent: the token is not due for renewal yet. */
  readonly need: Need | undefined;
  /** What the renewal waits for: the backoff after a failure, the cooldown after any call, or the splay of a first start. */
  readonly waitsFor: "backoff" | "splay" | undefined;
  /** Milliseconds until it is due; 0: now. */
  readonly dueIn: number;
}

export interface Due {
  /** To be renewed now, the most urgent first. */
  readonly due: readonly RenewalDecision[];
  /** To be renewed, but waiting. */
  readonly waiting: readonly RenewalDecision[];
  /** Milliseconds until the next of the other jobs is due; Infinity: there is none. */
  readonly nextIn: number;
}

/** The stored tokens, by authorization key. */
export type StoredAuthorizations = ReadonlyMap<string, AuthorizationEntry>;

/** Which jobs are due now, and when the next will be. A pure function of its arguments. */
export function refreshDue(
  jobs: readonly Job[],
  stored: StoredAuthorizations,
  state: RefresherState,
  clock: Clock,
): Due {
  const due: RenewalDecision[] = [];
  const waiting: RenewalDecision[] = [];
  let nextIn = Infinity;
  for (const job of jobs) {
    const entry = stored.get(job.key);
    const group = state.groups[job.key];
    let dueIn = timeToRenewal(entry, group, clock);
    if (dueIn <= 0) {
      const decision = decideRenewal(job, entry, group, clock);
      dueIn = decision.dueIn;
      (dueIn > 0 ? waiting : due).push(decision);
    }
    if (dueIn > 0) nextIn = Math.min(nextIn, dueIn);
  }
  return { due: byUrgency(due, state, clock), waiting, nextIn };
}

/** Whether and when one job's token is to be renewed. @param group undefined: nothing is remembered of the job */
export function decideRenewal(
  job: Job,
  entry: AuthorizationEntry | undefined,
  group: GroupState | undefined,
  clock: Clock,
): RenewalDecision {
  const untilRenewal = timeToRenewal(entry, group, clock);
  if (untilRenewal > 0) return { job, entry, need: undefined, waitsFor: undefined, dueIn: untilRenewal };
  const life = entry ? lifeState(entry.life, clock) : "expired";
  const need = life === "fresh" ? "renewal" : life === "usable" ? "stale" : "absent";
  const cooldown = group?.rest ? cooldownLeft(group.rest, clock) : 0;
  const failure = group?.failure;
  if (failure && isWaiting(failure, job.conditions, clock)) {
    const wait = Math.max(pauseLeft(failure.wait, clock), cooldown);
    return { job, entry, need, waitsFor: "backoff", dueIn: wait };
  }
  if (cooldown > 0) return { job, entry, need, waitsFor: "backoff", dueIn: cooldown };
  const splay = group?.hold ? pauseLeft(group.hold, clock) : 0;
  const outlastsSplay = need === "absent" || (entry !== undefined && timeLeft(entry.life, clock) > splay);
  if (splay > 0 && outlastsSplay) return { job, entry, need, waitsFor: "splay", dueIn: splay };
  return { job, entry, need, waitsFor: undefined, dueIn: 0 };
}

/** Milliseconds until the scheduled renewal of a fresh token; 0 or less: it is due, or the token is not fresh. */
function timeToRenewal(
  entry: AuthorizationEntry | undefined,
  group: GroupState | undefined,
  clock: Clock,
): number {
  if (!entry || lifeState(entry.life, clock) !== "fresh") return 0;
  const { issuedAt, freshUntil } = entry.life;
  return Math.min(group?.issue?.renewAfter ?? 0, freshUntil - issuedAt) - ageOf(entry.life, clock);
}

/** Jobs that have not failed come first, so that failing or hanging ones delay only each other; then by time left. */
function byUrgency(
  due: readonly RenewalDecision[],
  state: RefresherState,
  clock: Clock,
): readonly RenewalDecision[] {
  const failures = ({ job }: RenewalDecision) => (state.groups[job.key]?.failure ? 1 : 0);
  const left = ({ entry }: RenewalDecision) => (entry ? timeLeft(entry.life, clock) : 0);
  return due.toSorted((a, b) => failures(a) - failures(b) || left(a) - left(b));
}
