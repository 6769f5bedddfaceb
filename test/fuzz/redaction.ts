import assert from "node:assert/strict";
import fc from "fast-check";
import { foreignText } from "../../src/token/foreign-text.ts";
import { oneLine } from "../../src/token/printable.ts";
import { redact } from "../../src/token/redact.ts";
import { damaged } from "../support/fuzz/damage.ts";
import { fuzzer } from "../support/fuzz/fuzzer.ts";
import { leakOf, plantedTexts } from "../support/planted.ts";

const between = ["", " ", "\n", "; ", "\t", '"', "'", "(", ", ", ": ", " - ", "\r\n", "{", "]"] as const;

/** Messages with several secrets between other words. */
export const redaction = fuzzer<{
  readonly parts: readonly string[];
  readonly secrets: readonly string[];
  readonly noise: string;
}>({
  name: "redaction",
  isWhole: true,
  make(random) {
    const planted = fc.sample(plantedTexts, { numRuns: 1 + random.below(3), seed: random.below(2 ** 31) });
    const noise = damaged(
      random,
      "the request to https://a.example/b?c=d failed: token=1 <a>b</a> eyJ key ".repeat(random.below(40)),
    );
    return {
      parts: planted.map(({ text }) => `${text}${random.pick([" ", "\n"])}${random.pick(between)}`),
      secrets: planted.map(({ secret }) => secret),
      noise,
    };
  },
  check({ parts, secrets, noise }) {
    const text = parts.join("");
    const once = redact(text);
    for (const secret of secrets) assert.equal(leakOf(secret, once), undefined, once);
    const shown = foreignText(text + noise);
    for (const secret of secrets) assert.equal(leakOf(secret, shown), undefined, shown);
    assert.ok(shown.length < 8_192);
    redact(noise);
    assert.doesNotMatch(oneLine(noise), /[\p{Cc}\u2028\u2029\p{Bidi_Control}]/u);
  },
});
