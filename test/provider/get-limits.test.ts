import assert from "node:assert/strict";
import { getLimits } from "../../src/provider/get-limits.ts";

describe("the time limits of a get", () => {
  it("are 17 s for AWS and 9.5 s for a lock, of 19 s", () => {
    const { answer, withoutToken, withToken } = getLimits(0, 19_000);
    assert.deepEqual(withoutToken, { fetch: 17_000, lock: 9_500 });
    assert.deepEqual(withToken, { fetch: 4_000, lock: 2_000 });
    assert.ok(answer > 18_000 && answer < 19_000);
  });

  it("share what is left, in their order, whatever was used up before", () => {
    for (const until of [1, 250, 1_000, 18_999, 19_000]) {
      for (let began = 0; began <= until; began += 1 + until / 50) {
        const { answer, withoutToken, withToken } = getLimits(began, until);
        for (const { fetch, lock } of [withoutToken, withToken]) {
          const times = [began, lock, fetch, answer, until];
          assert.deepEqual(
            times,
            times.toSorted((a, b) => a - b),
            `${began} of ${until}`,
          );
        }
      }
    }
  });

  it("are over if nothing is left", () => {
    const { answer, withoutToken, withToken } = getLimits(20_000, 19_000);
    for (const time of [answer, withoutToken.fetch, withToken.lock]) assert.equal(time, 20_000);
  });
});
