import type { Failure } from "../token/failure.ts";
import type { Clock } from "../token/life.ts";
import { isOver, pauseOf } from "./pause.ts";
import type { KeptFailure } from "./state.ts";

/**
 * A failure as it is remembered, counted in its row.
 *
 * @param former the failure before it, if the attempt before failed too
 * @param waitAfter milliseconds until the next attempt after so many failures in a row
 */
export function keptFailure(
  { code, message, fix }: Failure,
  former: KeptFailure | undefined,
  conditions: string,
  clock: Clock,
  waitAfter: (count: number) => number,
): KeptFailure {
  // Under other conditions the attempts are counted anew; the token has not been renewed since the first failure of all.
  const row = former?.conditions === conditions ? former : undefined;
  const count = (row?.count ?? 0) + 1;
  const at = clock.now;
  const wait = pauseOf(waitAfter(count), clock);
  return { count, since: former?.since ?? at, at, code, what: message, fix, conditions, wait };
}

/** Whether the next attempt is not due yet. A change of the conditions may have ended the failure. */
export function isWaiting(failure: KeptFailure, conditions: string, clock: Clock): boolean {
  return failure.conditions === conditions && !isOver(failure.wait, clock);
}
