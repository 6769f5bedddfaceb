import type { Clock, Life } from "../token/life.ts";
import { type Cooldown, type Pause, pauseOf } from "./pause.ts";
import { isRenewalCounts, type RenewalCounts } from "./renewal-counts.ts";

/** What the refresher remembers between passes: plain JSON, stored in the heartbeat file and read by `status`. */
export interface RefresherState {
  readonly format: typeof stateFormat;
  /** While it lasts, each job that is due waits for a random moment within it. */
  readonly splay?: Pause;
  /** By authorization key. */
  readonly groups: Readonly<Record<string, GroupState>>;
}

export interface GroupState {
  /** The token that was last read or fetched, and its renewal. */
  readonly issue?: PlannedIssue;
  /** Absent: the last attempt succeeded, or there was none. */
  readonly failure?: FailureRecord;
  /** At a first start: the job is not due before this has ended. */
  readonly hold?: Pause;
  /** The cooldown after the last call, whatever its result. */
  readonly rest?: Cooldown;
  /** The `Job.revision` when the registries' files were last written, and the issue of the token in them. */
  readonly served?: { readonly issuedAt: number; readonly revision: string };
  /** Absent: no renewal has been attempted. */
  readonly counts?: RenewalCounts;
}

/** Milliseconds by this machine's clock. `renewAfter` is an age of the token, so that setting the clock does not move it. */
export interface PlannedIssue {
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly renewAfter: number;
  /** The age at which the token is checked at its registry; absent: it is not checked, or was checked already. */
  readonly checkAfter?: number;
  /** When its registry refused the token; milliseconds since the epoch. */
  readonly refusedAt?: number;
}

export interface FailureRecord {
  /** Failures in a row. */
  readonly count: number;
  /** The time of the first failure since the last success, whatever has changed since; milliseconds since the epoch. */
  readonly since: number;
  /** The time of the last failure; milliseconds since the epoch. */
  readonly at: number;
  readonly code: string;
  readonly what: string;
  readonly fix: string;
  /** `Job.conditions` at the time. */
  readonly conditions: string;
  /** The time until the next attempt. */
  readonly wait: Pause;
}

export const stateFormat = 1;

export const emptyState: RefresherState = { format: stateFormat, groups: {} };

/**
 * The state of a daemon that starts: that of the previous daemon, and a splay.
 *
 * @param splay milliseconds over which the first calls are spread; 0: none
 */
export function startState(previous: RefresherState, splay: number, clock: Clock): RefresherState {
  const groups = Object.fromEntries(
    Object.entries(withoutCooldowns(previous).groups).map(([key, { hold, ...group }]) => [key, group]),
  );
  return { format: stateFormat, groups, ...(splay > 0 && { splay: pauseOf(splay, clock) }) };
}

/** The state without the cooldowns after calls: for a process that has made none, and when a user asks for a refresh. */
export function withoutCooldowns(state: RefresherState): RefresherState {
  const groups = Object.entries(state.groups).map(([key, { rest, ...group }]) => [key, group] as const);
  return { ...state, groups: Object.fromEntries(groups) };
}

/** Parses what was read from a file. Invalid groups are left out: a lost group costs a call or two. */
export function parseState(value: unknown): RefresherState {
  if (!isObject(value) || value.format !== stateFormat || !isObject(value.groups)) return emptyState;
  const groups = Object.entries(value.groups).flatMap(([key, group]) => {
    return isGroup(group) ? [[key, withValidCounts(group)] as const] : [];
  });
  return {
    format: stateFormat,
    groups: Object.fromEntries(groups),
    ...(isPause(value.splay) && { splay: value.splay }),
  };
}

/** Counters of another version with other buckets are dropped; the rest of the group is kept. */
function withValidCounts({ counts, ...group }: GroupState): GroupState {
  return isRenewalCounts(counts) ? { ...group, counts } : group;
}

function isGroup(value: unknown): value is GroupState {
  if (!isObject(value)) return false;
  const { issue, failure, hold, rest, served } = value;
  return (
    (issue === undefined || hasNumbers(issue, ["issuedAt", "expiresAt", "renewAfter"])) &&
    (failure === undefined || isFailure(failure)) &&
    (hold === undefined || isPause(hold)) &&
    (rest === undefined || isCooldown(rest)) &&
    (served === undefined || hasNumbers(served, ["issuedAt"]))
  );
}

export function isFailure(value: unknown): value is FailureRecord {
  return hasNumbers(value, ["count", "since", "at"]) && isPause((value as Record<string, unknown>).wait);
}

export function isPause(value: unknown): value is Life {
  return hasNumbers(value, ["issuedAt", "freshUntil", "expiresAt"]);
}

function isCooldown(value: unknown): value is Cooldown {
  return hasNumbers(value, ["length"]) && hasNumbers((value as Record<string, unknown>).from, ["now"]);
}

export function hasNumbers(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => Number.isFinite(value[name]));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
