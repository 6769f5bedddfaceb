import type { Clock, Life } from "../token/life.ts";
import { type Pause, pauseOf, type Rest } from "./pause.ts";
import { isRenewalCounts, type RenewalCounts } from "./renewal-counts.ts";

/** What the refresher remembers between passes: plain JSON, kept in the heartbeat file and read by `status`. */
export interface RefresherState {
  readonly format: typeof stateFormat;
  /** While it lasts, what is found due waits for a moment drawn within it. */
  readonly splay?: Pause;
  /** By authorization key. */
  readonly groups: Readonly<Record<string, GroupState>>;
}

export interface GroupState {
  /** The token that was found or brought last, and its renewal. */
  readonly issue?: PlannedIssue;
  /** Absent: the last attempt went well, or there was none. */
  readonly failure?: KeptFailure;
  /** Not before it is over, at the first start. */
  readonly hold?: Pause;
  /** After a call, whatever came of it. */
  readonly rest?: Rest;
  /** The `Job.revision` under which the registries' files were last written, and the issue that they hold. */
  readonly served?: { readonly issuedAt: number; readonly revision: string };
  /** Absent: no renewal has been attempted. */
  readonly counts?: RenewalCounts;
}

/** Milliseconds by this machine's clock, `renewAfter` in age of the token: a moved clock does not move it. */
export interface PlannedIssue {
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly renewAfter: number;
  /** The age at which its registry is asked whether it still accepts it; absent: not, or it was asked. */
  readonly checkAfter?: number;
}

export interface KeptFailure {
  /** In a row. */
  readonly count: number;
  /** Of the first since the last success, whatever has changed since, and of the last; milliseconds since the epoch. */
  readonly since: number;
  readonly at: number;
  readonly code: string;
  readonly what: string;
  readonly fix: string;
  /** `Job.conditions` at the time. */
  readonly conditions: string;
  /** Until the next attempt. */
  readonly wait: Pause;
}

export const stateFormat = 1;

export const emptyState: RefresherState = { format: stateFormat, groups: {} };

/**
 * The state of a daemon that starts: what the one before it knew, and a splay.
 *
 * @param splay milliseconds over which the first calls are spread; 0: none
 */
export function startState(before: RefresherState, splay: number, clock: Clock): RefresherState {
  const groups = Object.fromEntries(
    Object.entries(rested(before).groups).map(([key, { hold, ...group }]) => [key, group]),
  );
  return { format: stateFormat, groups, ...(splay > 0 && { splay: pauseOf(splay, clock) }) };
}

/** The state without the rests after calls: for a process that has made none, and at a person's word. */
export function rested(state: RefresherState): RefresherState {
  const groups = Object.entries(state.groups).map(([key, { rest, ...group }]) => [key, group] as const);
  return { ...state, groups: Object.fromEntries(groups) };
}

/**
 * What was read from a file to a state. What is not of this form is left out, group by group: a state that
 * is lost costs a call or two.
 */
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

/** Counters start anew where another version has counted in other buckets: that loses nothing else. */
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
    (rest === undefined || isRest(rest)) &&
    (served === undefined || hasNumbers(served, ["issuedAt"]))
  );
}

export function isFailure(value: unknown): value is KeptFailure {
  return hasNumbers(value, ["count", "since", "at"]) && isPause((value as Record<string, unknown>).wait);
}

export function isPause(value: unknown): value is Life {
  return hasNumbers(value, ["issuedAt", "freshUntil", "expiresAt"]);
}

function isRest(value: unknown): value is Rest {
  return hasNumbers(value, ["length"]) && hasNumbers((value as Record<string, unknown>).from, ["now"]);
}

export function hasNumbers(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => Number.isFinite(value[name]));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
