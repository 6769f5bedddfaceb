/** Upper bounds of the histogram's buckets in seconds, ascending; the last is `Timing.callLimit`. */
export const durationBounds: readonly number[] = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counters of one group's renewals. They only grow, and start at zero when the group is new. */
export interface RenewalCounts {
  readonly succeeded: number;
  readonly failed: number;
  /** Milliseconds of all attempts together. */
  readonly duration: number;
  /** Attempts by duration: one number for each bound, and one for attempts that took longer than the last. */
  readonly buckets: readonly number[];
}

export const noRenewals: RenewalCounts = {
  succeeded: 0,
  failed: 0,
  duration: 0,
  buckets: [...durationBounds, Infinity].map(() => 0),
};

/** @param duration milliseconds */
export function countAttempt(
  counts: RenewalCounts | undefined,
  result: "succeeded" | "failed",
  duration: number,
): RenewalCounts {
  const bucket = durationBounds.findIndex((bound) => duration <= bound * 1000);
  const index = bucket === -1 ? durationBounds.length : bucket;
  const one = {
    ...noRenewals,
    [result]: 1,
    duration,
    buckets: noRenewals.buckets.map((_, at) => Number(at === index)),
  };
  return sumOfCounts(counts ?? noRenewals, one);
}

export function sumOfCounts(one: RenewalCounts, other: RenewalCounts): RenewalCounts {
  return {
    succeeded: one.succeeded + other.succeeded,
    failed: one.failed + other.failed,
    duration: one.duration + other.duration,
    buckets: one.buckets.map((count, index) => count + (other.buckets[index] ?? 0)),
  };
}

/** Whether a value from a file has this form, with these buckets. */
export function isRenewalCounts(value: unknown): value is RenewalCounts {
  if (typeof value !== "object" || value === null) return false;
  const { succeeded, failed, duration, buckets } = value as Partial<RenewalCounts>;
  if (!Array.isArray(buckets) || buckets.length !== noRenewals.buckets.length) return false;
  return [succeeded, failed, duration, ...buckets].every((number) => Number.isFinite(number));
}
