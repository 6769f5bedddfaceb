/** When the steps of a fetch must end, in milliseconds of `performance.now`. */
export interface FetchLimits {
  /** For the calls to AWS. */
  readonly fetch: number;
  /** For the wait for another process that holds the lock. */
  readonly lock: number;
}

export interface GetLimits {
  /** For the answer, whatever hangs. It leaves time to print it. */
  readonly answer: number;
  readonly withoutToken: FetchLimits;
  /** If a valid token is stored, which is used when the fetch takes longer. */
  readonly withToken: FetchLimits;
}

/** Milliseconds that a fetch and the wait for a lock may take with a valid token. */
const longestWithToken = { fetch: 4_000, lock: 2_000 } as const;
/** Milliseconds from the end of the calls to AWS to that of the `get`, for writing the result. */
const reserve = 2_000;

/**
 * The time limits of a `get`, which share the time that is left. Docker itself has no limit.
 *
 * @param began when the first of these steps begins; what came before, such as a slow stdin, has used up its time
 * @param until when the `get` must end
 */
export function getLimits(began: number, until: number): GetLimits {
  const left = Math.max(0, until - began);
  // The wait for a lock leaves enough time for a call to AWS.
  const share = { fetch: left - Math.min(reserve, left / 4), lock: left / 2 };
  const limit = (milliseconds: number) => began + milliseconds;
  return {
    answer: limit(left * 0.98),
    withoutToken: { fetch: limit(share.fetch), lock: limit(share.lock) },
    withToken: {
      fetch: limit(Math.min(longestWithToken.fetch, share.fetch)),
      lock: limit(Math.min(longestWithToken.lock, share.lock)),
    },
  };
}
