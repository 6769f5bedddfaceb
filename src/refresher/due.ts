import type { AuthorizationEntry } from "../token/entry.ts";
import { type Clock, lifeState, timeLeft } from "../token/life.ts";
import { isWaiting } from "./failure-record.ts";
import type { Job } from "./job.ts";
import { ageOf, pauseLeft, restLeft } from "./pause.ts";
import type { GroupState, RefresherState } from "./state.ts";

/** absent: none, or expired. stale: within its reserve, or the clock was set to before its issue. */
export type Need = "absent" | "stale" | "renewal";

/** What is to be done for one job, and when. */
export interface RenewalDecision {
  readonly job: Job;
  /** What lies there. */
  readonly entry: AuthorizationEntry | undefined;
  /** Absent: the token is good for a while. */
  readonly need: Need | undefined;
  /** What a need waits for: the backoff after a failure, the rest after any call, or the splay of a first start. */
  readonly held: "backoff" | "splay" | undefined;
  /** Milliseconds until it is due; 0: now. */
  readonly dueIn: number;
}

export interface Due {
  /** The most urgent first. */
  readonly due: readonly RenewalDecision[];
  /** Needed, and held. */
  readonly waiting: readonly RenewalDecision[];
  /** Milliseconds until the next of those that are not due will be; Infinity: there is none. */
  readonly nextIn: number;
}

/** What lies there, by authorization key. */
export type HeldAuthorizations = ReadonlyMap<string, AuthorizationEntry>;

/** Which jobs are due now, and when the next will be. A pure function of its arguments. */
export function refreshDue(
  jobs: readonly Job[],
  held: HeldAuthorizations,
  state: RefresherState,
  clock: Clock,
): Due {
  const due: RenewalDecision[] = [];
  const waiting: RenewalDecision[] = [];
  let nextIn = Infinity;
  for (const job of jobs) {
    const entry = held.get(job.key);
    const group = state.groups[job.key];
    let dueIn = goodFor(entry, group, clock);
    if (dueIn <= 0) {
      const decision = decideRenewal(job, entry, group, clock);
      dueIn = decision.dueIn;
      (dueIn > 0 ? waiting : due).push(decision);
    }
    if (dueIn > 0) nextIn = Math.min(nextIn, dueIn);
  }
  return { due: byUrgency(due, state, clock), waiting, nextIn };
}

/** The same for one job; `group` absent: nothing is known of it. */
export function decideRenewal(
  job: Job,
  entry: AuthorizationEntry | undefined,
  group: GroupState | undefined,
  clock: Clock,
): RenewalDecision {
  const goodTime = goodFor(entry, group, clock);
  if (goodTime > 0) return { job, entry, need: undefined, held: undefined, dueIn: goodTime };
  const life = entry ? lifeState(entry.life, clock) : "expired";
  const need = life === "fresh" ? "renewal" : life === "usable" ? "stale" : "absent";
  const rest = group?.rest ? restLeft(group.rest, clock) : 0;
  const failure = group?.failure;
  if (failure && isWaiting(failure, job.conditions, clock)) {
    const wait = Math.max(pauseLeft(failure.wait, clock), rest);
    return { job, entry, need, held: "backoff", dueIn: wait };
  }
  if (rest > 0) return { job, entry, need, held: "backoff", dueIn: rest };
  const splay = group?.hold ? pauseLeft(group.hold, clock) : 0;
  const outlived = need === "absent" || (entry !== undefined && timeLeft(entry.life, clock) > splay);
  if (splay > 0 && outlived) return { job, entry, need, held: "splay", dueIn: splay };
  return { job, entry, need, held: undefined, dueIn: 0 };
}

/** Milliseconds until the renewal of a fresh token begins; 0 or less: now, or it is not fresh. */
function goodFor(entry: AuthorizationEntry | undefined, group: GroupState | undefined, clock: Clock): number {
  if (!entry || lifeState(entry.life, clock) !== "fresh") return 0;
  const { issuedAt, freshUntil } = entry.life;
  return Math.min(group?.issue?.renewAfter ?? 0, freshUntil - issuedAt) - ageOf(entry.life, clock);
}

/** What has not failed comes first, so that what hangs or fails holds up only its like; then who has least left. */
function byUrgency(
  due: readonly RenewalDecision[],
  state: RefresherState,
  clock: Clock,
): readonly RenewalDecision[] {
  const failures = ({ job }: RenewalDecision) => (state.groups[job.key]?.failure ? 1 : 0);
  const left = ({ entry }: RenewalDecision) => (entry ? timeLeft(entry.life, clock) : 0);
  return due.toSorted((a, b) => failures(a) - failures(b) || left(a) - left(b));
}
