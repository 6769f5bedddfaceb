import assert from "node:assert/strict";
import {
  countAttempt,
  durationBounds,
  isRenewalCounts,
  noRenewals,
  sumOfCounts,
} from "../../src/refresher/renewal-counts.ts";
import { usualTiming } from "../../src/refresher/timing.ts";

describe("countAttempt", () => {
  it("counts by result, and by duration in the first bucket that holds it", () => {
    const cases: [milliseconds: number, bucket: number][] = [
      [0, 0],
      [100, 0],
      [101, 1],
      [2_500, 4],
      [30_000, 7],
      [30_001, 8],
    ];
    for (const [duration, bucket] of cases) {
      const { buckets, ...counts } = countAttempt(undefined, "failed", duration);
      assert.deepEqual(counts, { succeeded: 0, failed: 1, duration });
      assert.deepEqual(
        buckets.map((count, index) => (count > 0 ? index : -1)).filter((index) => index >= 0),
        [bucket],
      );
    }
  });

  it("adds up", () => {
    const two = countAttempt(countAttempt(undefined, "succeeded", 50), "failed", 70);
    assert.deepEqual([two.succeeded, two.failed, two.duration, two.buckets[0]], [1, 1, 120, 2]);
    assert.deepEqual(sumOfCounts(two, noRenewals), two);
    assert.equal(sumOfCounts(two, two).buckets[0], 4);
  });

  it("has a bucket up to the time limit of a call", () => {
    assert.equal(durationBounds.at(-1), usualTiming.callLimit / 1000);
  });
});

describe("isRenewalCounts", () => {
  it("takes what was counted, and nothing else", () => {
    const counts = countAttempt(undefined, "succeeded", 50);
    assert.ok(isRenewalCounts(JSON.parse(JSON.stringify(counts))));
    const others = [
      ...[undefined, null, 1, {}, []],
      ...[
        { ...counts, failed: "1" },
        { ...counts, buckets: [1] },
        { ...counts, duration: null },
      ],
      { ...counts, buckets: counts.buckets.map(String) },
    ];
    for (const other of others) assert.ok(!isRenewalCounts(other), JSON.stringify(other));
  });
});
