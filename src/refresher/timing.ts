/** When tokens are renewed, and how long a failure keeps from the next attempt. Milliseconds unless said otherwise. */
export interface Timing {
  /**
   * A token is renewed at a moment drawn anew for each one between these two shares of its life. Just below
   * the half and never above: of 12 hours, the last of them a reserve, it leaves an outage of five hours
   * room, and a retry after it.
   */
  readonly earliest: number;
  readonly latest: number;
  /** After the end of the session that fetched a token, its registry is asked once whether it still accepts it. */
  readonly check: TokenCheckTiming;
  /** No wait after a failure is longer than this share of the time that the token lying there still serves. */
  readonly maxWaitFraction: number;
  readonly backoff: Readonly<Record<FailureKind, Backoff>>;
  /**
   * The waits of `backoff` are for tokens that last so long or longer; for those of shorter life they are shorter in
   * proportion, down to the floor, or the token would be over before the second attempt.
   */
  readonly shortLife: number;
  /**
   * So long AWS is not called again for the same token, whatever came of the last call and whatever is stored: tokens
   * that live for seconds, clocks that jump.
   */
  readonly rest: number;
  /** A call that takes longer is given up. */
  readonly callLimit: number;
  /** Calls at the same time. */
  readonly atOnce: number;
}

/** Milliseconds. */
export interface TokenCheckTiming {
  /** However short the session: not sooner than this after the token's issue. */
  readonly floor: number;
  /** The longest time after the session's end: drawn, so that a fleet does not call at once. */
  readonly spread: number;
  /** Until the next attempt where no answer came. */
  readonly retry: number;
  /** A call that takes longer is given up. */
  readonly callLimit: number;
}

/**
 * passing: recovers on its own. throttled: gets worse by asking. user: stays until somebody does something, at
 * AWS or here; what is done here shows in the job's conditions, and is then tried at once.
 */
export type FailureKind = "passing" | "throttled" | "user";

/** Full-jitter exponential backoff: after the n-th failure in a row a time between `floor` and base * 2^(n-1). */
export interface Backoff {
  readonly base: number;
  readonly floor: number;
  /** The longest wait while a fresh token lies there. */
  readonly cap: number;
  /** The longest wait where `get` has to look for a token by itself. */
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
  rest: 15 * second,
  callLimit: 30 * second,
  atOnce: 8,
};

/** A number from 0 up to 1. Not seeded by what hosts have in common: a cloned machine must draw otherwise. */
export type Random = () => number;
