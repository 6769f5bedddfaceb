/** When tokens are renewed, and how long to wait after a failure. Milliseconds unless another unit is named. */
export interface Timing {
  /**
   * Each token is renewed at a random moment between these two shares of its life. They are just below a half: with 12
   * hours, the last of them reserved as `minValidity`, this leaves room for an outage of five hours and a retry after it.
   */
  readonly earliest: number;
  readonly latest: number;
  /** For the check of a token at its registry, once the session that fetched it has ended. */
  readonly check: TokenCheckTiming;
  /** The maximum wait after a failure, as a share of the time for which the stored token can still be used. */
  readonly maxWaitFraction: number;
  readonly backoff: Readonly<Record<FailureKind, Backoff>>;
  /**
   * The waits of `backoff` apply to tokens of at least this lifetime. For shorter ones they shrink in proportion, down to
   * the floor: otherwise the token would expire before the second attempt.
   */
  readonly shortLife: number;
  /**
   * The minimum time between two calls to AWS for the same token, whatever the last result and the stored token. It
   * limits the calls for tokens that live for seconds and on clocks that jump.
   */
  readonly cooldown: number;
  /** A call that takes longer is given up. */
  readonly callLimit: number;
  /** Calls at the same time. */
  readonly concurrency: number;
}

/** Milliseconds. */
export interface TokenCheckTiming {
  /** The minimum age of the token, however short the session. */
  readonly floor: number;
  /** The longest time after the session's end: the time is random, so that a fleet does not call at once. */
  readonly spread: number;
  /** Until the next attempt if the registry did not answer. */
  readonly retry: number;
  /** A call that takes longer is given up. */
  readonly callLimit: number;
}

/**
 * passing: recovers on its own. throttled: more requests make it worse. user: stays until a user changes something, at
 * AWS or on this machine. A change on this machine changes the job's conditions, and the next attempt follows at once.
 */
export type FailureKind = "passing" | "throttled" | "user";

/** Exponential backoff with full jitter: after the n-th failure in a row a random time between `floor` and base * 2^(n-1). */
export interface Backoff {
  readonly base: number;
  readonly floor: number;
  /** The longest wait while a fresh token is stored. */
  readonly cap: number;
  /** The longest wait while there is no fresh token, so that each `get` has to fetch one. */
  readonly capUnfresh: number;
}

const second = 1000;
const minute = 60 * second;

export const usualTiming: Timing = {
  earliest: 0.47,
  latest: 0.49,
  check: { floor: 5 * minute, spread: 2 * minute, retry: 15 * minute, callLimit: 10 * second },
  maxWaitFraction: 1 / 4,
  backoff: {
    // A fleet of 100,000 that retries every 7.5 minutes stays far below what AWS allows an account (500 a second).
    passing: { base: 30 * second, floor: 15 * second, cap: 15 * minute, capUnfresh: 5 * minute },
    throttled: { base: 2 * minute, floor: minute, cap: 60 * minute, capUnfresh: 20 * minute },
    user: { base: 5 * minute, floor: 5 * minute, cap: 60 * minute, capUnfresh: 60 * minute },
  },
  shortLife: 60 * minute,
  cooldown: 15 * second,
  callLimit: 30 * second,
  concurrency: 8,
};

/** A random number from 0 up to 1. Its seed must differ between hosts, cloned machines too. */
export type Random = () => number;
