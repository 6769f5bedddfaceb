import type { FailureNote } from "../token/failure.ts";

/** A time without requests to a cluster, after a failure that concerns the whole cluster. */
export interface Pause {
  /** How many attempts in a row have failed. */
  readonly failures: number;
  /** In milliseconds of a monotonic clock. */
  readonly until: number;
  readonly reason: FailureNote;
}

/** Milliseconds. */
const first = 5_000;
const longest = 300_000;

/**
 * The pause after a failure: it doubles with each one, up to 5 minutes, and never ends before the time that the server has
 * named.
 *
 * @param retryAfter milliseconds
 * @param now of a monotonic clock
 * @param random from 0 to 1, so that many daemons don't return at the same time
 */
export function nextPause(
  previous: Pause | undefined,
  reason: FailureNote,
  retryAfter: number | undefined,
  now: number,
  random: number,
): Pause {
  const failures = (previous?.failures ?? 0) + 1;
  const base = Math.min(longest, first * 2 ** Math.min(failures - 1, 10));
  const delay = Math.max(base * (0.5 + random / 2), Math.min(retryAfter ?? 0, longest) * (1 + random / 4));
  return { failures, until: now + delay, reason };
}
