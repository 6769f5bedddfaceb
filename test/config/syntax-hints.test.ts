import assert from "node:assert/strict";
import { checkConfig } from "../../src/config/parse.ts";
import { syntaxHints } from "../../src/config/syntax-hints.ts";
import { example } from "./example.ts";

const account = '"111122223333"';

/** A text, and the location and fix of each problem. */
const cases: [what: string, text: string, ...problems: [place: string, fix: string][]][] = [
  [
    "a role with {account} without quotes in braces",
    "version: 1\nidentities:\n  pull: { roleArn: arn:aws:iam::{account}:role/x, source: ci }\n  ci: { profile: ci }\n",
    ["3:20", 'write roleArn: "arn:aws:iam::{account}:role/x"'],
  ],
  [
    "one space too few",
    "version: 1\nidentities:\n  ci: { profile: ci }\n pull: { profile: x }\n",
    ["4:2", "indent it by 2"],
  ],
  [
    "one space too few in a list",
    `version: 1\nregistries:\n  - account: ${account}\n   identity: ci\nidentities:\n  ci: { profile: ci }\n`,
    ["4:4", "indent it by 4"],
  ],
  ["no space after a colon", "version:1\nidentities:\n  ci: { profile: ci }\n", ["1:1", "write version: 1"]],
  [
    "no space after a colon in braces",
    "version: 1\nidentities:\n  ci: {profile:ci}\n",
    ["3:8", "write profile: ci"],
  ],
  [
    "an unclosed quote",
    `version: 1\nidentities:\n  ci: { profile: "ci }\nregistries:\n  - account: ${account}\n`,
    ["3:18", 'write "ci" }'],
  ],
  [
    "curly quotes",
    "version: 1\nregistries:\n  - account: “111122223333”\n",
    ["3:14", 'write straight quotes: "111122223333"'],
  ],
  [
    "accounts for registries",
    `version: 1\naccounts:\n  - ${account}\n`,
    ["2:1", 'write registries, a list of entries such as - account: "111122223333"'],
  ],
  [
    "a source that is a profile",
    'version: 1\nidentities:\n  pull: { roleArn: "arn:aws:iam::111122223333:role/x", source: base }\n',
    ["3:64", "for a profile of the AWS files: base: { profile: base }"],
  ],
  [
    "a field as far in as its identity",
    "version: 1\nidentities:\n  ci:\n  profile: ci\n",
    ["3:6", ""],
    ["4:3", "indent it by 4 spaces"],
  ],
  [
    "several mistakes",
    "version: 1\nminValidity:1h\nidentities:\n  a: { roleArn: arn:aws:iam::{account}:role/x }\n  b: { profile: “b” }\nstore: 'file\n",
    ["2:1", "write minValidity: 1h"],
    ["4:17", 'write roleArn: "arn:aws:iam::{account}:role/x"'],
    ["5:17", 'write straight quotes: "b"'],
    ["6:8", "write 'file'"],
  ],
  [
    "several wrong values",
    `version: 1\nstore: fil\nminValidity: 1\nregistries:\n  - account: 111122223333\n    region: us-east-1\n`,
    ["2:8", "write one of file, keychain"],
    ["3:14", "add the unit"],
    ["5:14", 'put it in quotes: "111122223333"'],
    ["6:5", "write regions"],
  ],
];

describe("common mistakes in config.yaml", () => {
  for (const [what, text, ...expected] of cases) {
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
