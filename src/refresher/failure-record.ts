import type { Failure } from "../token/failure.ts";
import type { Clock } from "../token/life.ts";
import { isOver, pauseOf } from "./pause.ts";
import type { FailureRecord } from "./state.ts";

/**
 * The record of a failure, with its number in the series of failures.
 *
 * @param previous the record of the attempt before, if that failed too
 * @param waitAfter milliseconds until the next attempt after `count` failures in a row
 */
export function recordFailure(
  { code, message, fix }: Failure,
  previous: FailureRecord | undefined,
  conditions: string,
  clock: Clock,
  waitAfter: (count: number) => number,
): FailureRecord {
  // If the conditions have changed, the count restarts. `since` stays: the token has not been renewed since then.
  const series = previous?.conditions === conditions ? previous : undefined;
  const count = (series?.count ?? 0) + 1;
  const at = clock.now;
  const wait = pauseOf(waitAfter(count), clock);
  return { count, since: previous?.since ?? at, at, code, what: message, fix, conditions, wait };
}

/** Whether the next attempt is not due yet. A change of the conditions ends the wait, since it may fix the failure. */
export function isWaiting(failure: FailureRecord, conditions: string, clock: Clock): boolean {
  return failure.conditions === conditions && !isOver(failure.wait, clock);
}
