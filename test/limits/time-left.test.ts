import assert from "node:assert/strict";
import { limitWithin } from "../../src/limits/time-left.ts";

describe("the time limit of a step", () => {
  it("is its own, or what is left of the whole, in tenths of a second", () => {
    assert.equal(limitWithin(18_000, Number.POSITIVE_INFINITY), 18_000);
    assert.equal(limitWithin(18_000, 7_654.3), 7_600);
    for (const left of [99, 0, -5, Number.NEGATIVE_INFINITY]) assert.equal(limitWithin(18_000, left), 100);
  });
});
