import assert from "node:assert/strict";
import { parseConfig } from "../../src/config/parse.ts";
import { Failure } from "../../src/token/failure.ts";
import { cases, role } from "./refused-cases.ts";
import { secretCases } from "./secret-cases.ts";

function placeOfMark(marked: string): string {
  const before = marked.slice(0, marked.indexOf("§")).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

const refusal = (text: string): Failure => {
  try {
    parseConfig(text, "/c/config.yaml");
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    assert.doesNotMatch(error.oneLine, /[\r\n]/);
    return error;
  }
  throw new assert.AssertionError({ message: "it was not refused" });
};

describe("parseConfig refuses, with the position", () => {
  for (const [what, marked, words, code = "CONFIG_INVALID"] of [...cases, ...secretCases]) {
    it(what, () => {
      const { oneLine } = refusal(`version: 1\n${marked.replace("§", "")}`);
      assert.ok(oneLine.startsWith(`/c/config.yaml:${placeOfMark(`version: 1\n${marked}`)}: `), oneLine);
      assert.match(oneLine, words);
      assert.ok(oneLine.endsWith(` [${code}]`), oneLine);
    });
  }

  for (const [what, text, words] of [
    ["none", "store: file", /:1:1: the version is missing\. Fix: write version: 1/],
    ["a text", 'version: "1"', /:1:10: there is no such version \("1"\)\. Fix: write version: 1/],
    ["a newer one, whatever else it has", "newer: x\nversion: 2", /:2:10: .*update docker-credential-ecr/],
  ] as const) {
    it(`a version that is ${what}`, () => {
      const failure = refusal(text);
      assert.equal(failure.code, "CONFIG_VERSION");
      assert.match(failure.oneLine, words);
    });
  }

  it("reports the first problem of the file and the number of problems", () => {
    const { oneLine } = refusal("version: 1\nfallback: /x\nstore: y\nminValidity: z");
    assert.match(oneLine, /:2:11: fallback .*the first of 3 problems/);
  });

  it("reports a problem in merged keys where they are defined", () => {
    const { oneLine } = refusal(
      `version: 1\nidentities:\n  a: &a { roleArn: "${role}", duration: 2h }\n  b: { <<: *a, source: a }`,
    );
    assert.match(oneLine, /:3:69: identities\.b\.duration \(2h\) is too long/);
  });

  it("nested aliases that would exhaust the memory, immediately", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let n = 1; n < 30; n++)
      lines.push(
        `a${n}: &a${n} [${Array(10)
          .fill(`*a${n - 1}`)
          .join(", ")}]`,
      );
    assert.match(refusal(`version: 1\n${lines.join("\n")}`).oneLine, /:6:9: aliases make this too large/);
  });

  it("shows no external ID", () => {
    const { oneLine } = refusal(
      `version: 1\nidentities: { a: { roleArn: "${role}", externalId: "made up" } }`,
    );
    assert.match(oneLine, /externalId is not an external ID/);
    assert.doesNotMatch(oneLine, /made/);
  });
});
