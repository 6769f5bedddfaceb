import assert from "node:assert/strict";
import { checkConfig } from "../../src/config/parse.ts";
import { syntaxHints } from "../../src/config/syntax-hints.ts";
import { example } from "./example.ts";
import { syntaxCases } from "./syntax-cases.ts";

describe("common mistakes in config.yaml", () => {
  for (const [what, text, ...expected] of syntaxCases) {
    it(`${what}: position and fix, all at once`, () => {
      const problems = checkConfig(text, "c");
      assert.deepEqual(
        problems.map(({ message }) => /^c:(\d+:\d+): /.exec(message)?.[1]),
        expected.map(([place]) => place),
        problems.map(({ oneLine }) => oneLine).join("\n"),
      );
      for (const [index, [, fix]] of expected.entries()) {
        assert.ok(problems[index]?.fix.includes(fix), `${problems[index]?.oneLine}`);
      }
    });
  }

  it("give no hints for a valid config", () => {
    assert.deepEqual(syntaxHints(example), []);
    assert.deepEqual(checkConfig(example, "c"), []);
    const block =
      "version: 1\nidentities:\n  pull:\n    roleArn: arn:aws:iam::{account}:role/x\n    source: ci\n  ci:\n    profile: ci\n";
    assert.deepEqual(syntaxHints(block), []);
  });

  it("are found within two seconds of CPU time in a text of any size", () => {
    const before = process.cpuUsage();
    syntaxHints(`a: ${'"'.repeat(20_000)}\n${"  - b: {\n".repeat(5_000)}${" ".repeat(50_000)}x: “`);
    // Processor time in microseconds, since a busy machine would distort the elapsed time.
    assert.ok(process.cpuUsage(before).user < 1_500_000);
  });
});
