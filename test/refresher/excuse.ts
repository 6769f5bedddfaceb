import { minute } from "../support/fakes/clock.ts";
import { isWithin, lastEnd, type Schedule } from "./schedule.ts";

export function isSignedIn({ ssoEnded }: Schedule, { identity }: { identity: number }, at: number): boolean {
  return !isWithin(ssoEnded.get(identity) ?? [], at);
}

interface Excusable {
  readonly identity: number;
  readonly region: number;
  /** Since when something other than AWS came between, until a token is fresh and not overdue again. */
  readonly troubledSince: number | undefined;
}

/**
 * A `get` may have to call AWS after an event on the machine (it slept, its clock was set, the keys changed, a user
 * signed out), until AWS has answered this group for as long as a wait without a fresh token may be. Failures of AWS
 * alone are no excuse.
 */
export function isExcused(schedule: Schedule, group: Excusable, at: number): boolean {
  if (!isSignedIn(schedule, group, at)) return true;
  if (group.troubledSince === undefined) return false;
  const outages = schedule.outages[group.region] ?? [];
  const throttlings = schedule.throttlings[group.region] ?? [];
  if (isWithin(outages, at) || isWithin(throttlings, at)) return true;
  return at < lastEnd(outages, at) + 6 * minute || at < lastEnd(throttlings, at) + 21 * minute;
}
