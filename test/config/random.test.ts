import assert from "node:assert/strict";
import fc from "fast-check";
import { stringify } from "yaml";
import { parseConfig } from "../../src/config/parse.ts";
import { Failure } from "../../src/token/failure.ts";
import { example } from "./example.ts";

/** Invented keys in the form of AWS's. */
const secret = fc.stringMatching(/^[A-Z][a-z][0-9][A-Za-z0-9+/]{37}$/);
const keys = fc.constantFrom(
  ..."version minValidity identities registries aliases fallback store outputs profile roleArn source".split(
    " ",
  ),
  ..."externalId sessionName duration region account regions host identity replication follow".split(" "),
  ..."dockerConfig kubernetesSecret name namespaces selector all kubeconfig context a constructor <<".split(
    " ",
  ),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom(null, true, 1, -0.5, 111122223333, "", "a", "ci", "*", "111122223333", "us-east-1", "1h"),
    fc.string(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(keys, tie("value"), { maxKeys: 4 }),
  ),
}));

/** The error; empty if the text is valid. */
function outcome(text: string): string {
  try {
    parseConfig(text, "config.yaml");
    return "";
  } catch (error) {
    assert.ok(error instanceof Failure, `${error}`);
    assert.doesNotMatch(error.message, /[\p{Cc}\u2028\u2029]/u);
    assert.doesNotMatch(error.oneLine, /[\p{Cc}\u2028\u2029]/u);
    assert.match(error.oneLine, /^config\.yaml:\d+:\d+: .+ \[CONFIG_[A-Z]+\]$/u);
    return error.oneLine;
  }
}

describe("parseConfig on random input", () => {
  it("throws only a one-line failure with its position, for any text", () => {
    const lines = fc.string({ unit: fc.constantFrom(..."ab01:-*&<[]{}!%#|>?'\", \t\n\r\\@`") });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), lines), (text) => void outcome(text)),
      { numRuns: 1000 },
    );
  });

  it("does so for any values of known keys", () => {
    const config = fc.dictionary(keys, value, { maxKeys: 5 });
    fc.assert(
      fc.property(config, (body) => void outcome(stringify({ version: 1, ...body }))),
      { numRuns: 600 },
    );
  });

  it("does so for the example with a part removed or inserted", () => {
    const at = fc.nat({ max: example.length });
    fc.assert(
      fc.property(at, fc.nat({ max: 9 }), fc.string({ maxLength: 4 }), (from, length, text) => {
        outcome(example.slice(0, from) + text + example.slice(from + length));
      }),
      { numRuns: 600 },
    );
  });

  it("neither moves the cursor nor changes the text direction, for any path and keys", () => {
    const odd = "a\u001b[2K\u202e\r\nb";
    for (const body of [
      `${JSON.stringify(odd)}: 1`,
      `identities: { ${JSON.stringify(odd)}: { profile: x } }`,
    ]) {
      assert.throws(
        () => parseConfig(`version: 1\n${body}`, `/${odd}/config.yaml`),
        (error) =>
          error instanceof Failure && !/[\p{Cc}\p{Bidi_Control}]/u.test(error.message + error.oneLine),
      );
    }
  });

  it("shows no secret in an unexpected place", () => {
    const words = example.split(/(?<=[ ,:])/);
    fc.assert(
      fc.property(
        secret,
        fc.nat({ max: words.length - 1 }),
        fc.constantFrom("", '"', "'"),
        (text, at, quote) => {
          const said = outcome(words.with(at, `${quote}${text}${quote}: `).join(""));
          assert.ok(!said.includes(text.slice(0, 20)), said);
          const other = outcome(words.with(at, ` ${quote}${text}${quote}\n`).join(""));
          assert.ok(!other.includes(text.slice(0, 20)), other);
        },
      ),
      { numRuns: 500 },
    );
  });
});
