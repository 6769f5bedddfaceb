import assert from "node:assert/strict";
import { readShellText } from "../../src/profiles/shell-commands.ts";
import { ShellVariables } from "../../src/profiles/shell-expansion.ts";
import { usedPrograms } from "../../src/profiles/used-programs.ts";

const cases: readonly (readonly [text: string, ...commands: (readonly string[])[]])[] = [
  ["a b 'c d' \"e f\" g\\ h", ["a", "b", "c d", "e f", "g h"]],
  ["a; b && c | d & e\nf", ["a"], ["b"], ["c"], ["d"], ["e"], ["f"]],
  ["(a) # b\nc#d", ["a"], ["c#d"]],
  ["a $(b c) `d`", ["a", "$(b c)", "`d`"], ["d"], ["b", "c"]],
  ['a "$(b "$(c)")"', ["a", '$(b "$(c)")'], ["b", "$(c)"], ["c"]],
  ["a 2>/dev/null >x <y z", ["a", "z"]],
  ["a <<E\nb\nE\nc", ["a"], ["c"]],
  ["a <<-'E' <<F\nb\n\tE\nd\nF\nc", ["a"], ["c"]],
  ["a <<< b c", ["a", "c"]],
  [`"$HOME"/a "\${B:-c d}"/e`, ["$HOME/a", `\${B:-c d}/e`]],
  ["a \\\n b", ["a", "b"]],
  ["a 'unclosed", ["a", "unclosed"]],
];

describe("readShellText", () => {
  for (const [text, ...commands] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(readShellText(text).commands, commands));
  }

  it("lists the files that commands read and write", () => {
    const { read, written } = readShellText("a <b >c 2>>d &>e 2>&1 <<< f");
    assert.deepEqual([read, written], [["b"], ["c", "d", "e", "1"]]);
  });

  it("reads a hostile text in time that grows with its length", () => {
    const parts = [
      "$(",
      "${",
      "`",
      '"',
      "'",
      "<<a\n",
      "$((",
      "a=$a$a\n",
      "sh -c ",
      "\\",
      "env ",
      "a=$b;b=$a;",
      "$(",
    ];
    for (const part of [...parts, '"$(', "`\\", "a $b/c;"]) {
      usedPrograms(part.repeat((64 * 1024) / part.length), new ShellVariables({}, "/home"));
    }
  }).timeout(120_000);
});
