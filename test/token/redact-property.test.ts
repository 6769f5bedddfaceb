import assert from "node:assert/strict";
import fc from "fast-check";
import { foreignText } from "../../src/token/foreign-text.ts";
import { redact } from "../../src/token/redact.ts";
import { leakOf, plantedTexts } from "../support/planted.ts";

/** The number of inputs. Each takes half a millisecond. */
const runs = 10_000;
const app = fc.constantFrom(
  "",
  "a ",
  "x: ",
  "\n",
  '{"a":"b"} ',
  "line\nand ",
  "(",
  "see https://a.example/b ",
);

describe("redact, on texts with a planted secret", function () {
  this.timeout(600_000);

  for (const [name, clean, numRuns] of [
    ["redact", redact, runs],
    ["foreignText", foreignText, runs / 10],
  ] as const) {
    it(`${name} leaves no part of it`, () => {
      fc.assert(
        fc.property(plantedTexts, app, app, ({ text, secret }, before, after) => {
          const shown = clean(`${before}${text} ${after}`);
          const leak = leakOf(secret, shown);
          assert.ok(leak === undefined, `${JSON.stringify(leak)} of ${JSON.stringify(text)}: ${shown}`);
        }),
        { numRuns },
      );
    });
  }

  it("does so for a secret at any position of a long text that is cut", () => {
    fc.assert(
      fc.property(plantedTexts, fc.nat(2_200), ({ text, secret }, length) => {
        const leak = leakOf(secret, foreignText(`${"word ".repeat(length / 5)}${text} end`));
        assert.ok(leak === undefined, `${JSON.stringify(leak)} of ${JSON.stringify(text)}`);
      }),
      { numRuns: runs / 10 },
    );
  });
});
