import assert from "node:assert/strict";
import { chain } from "../../src/doctor/chain.ts";
import { failureCodes } from "../../src/token/failure-codes.ts";

describe("the checks of doctor", () => {
  it("have names that no failure code repeats: a row shows both", () => {
    const asCode = (name: string) => name.toUpperCase().replaceAll("-", "_");
    const repeated = chain
      .map(({ name }) => name)
      .filter((name) => Object.hasOwn(failureCodes, asCode(name)));
    assert.deepEqual(repeated, []);
  });

  it("need only checks that exist, and that run before them", () => {
    const before = new Set<string>();
    for (const { name, needs } of chain) {
      assert.deepEqual(
        (needs ?? []).filter((needed) => !before.has(needed)),
        [],
        name,
      );
      before.add(name);
    }
  });
});
