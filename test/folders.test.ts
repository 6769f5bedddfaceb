import assert from "node:assert/strict";
import { foldersIn, problemsOf } from "../scripts/folders.mjs";

const table = `
| folder | what is in it | imports of ours |
|---|---|---|
| \`main.ts\` | the start | anything |
| \`top/\` | \`a\` and more | \`low/files\`, \`low\` |
| \`low/\` | b | \`low/files\` |
| \`low/files/\` | c | nothing |
`;

describe("the check of src/'s folders", () => {
  const fine = {
    "main.ts": `import "./top/a.ts";\nimport "./low/b.ts";\n`,
    "top/a.ts": `import { b } from "../low/b.ts";\nconst c = await import("../low/files/c.ts");\n`,
    "low/b.ts": `export type { C } from "./files/c.ts";\n`,
    "low/files/c.ts": `import { d } from "./d.ts";\nimport "node:fs";\n`,
    "low/files/d.ts": "export const d = 1;\n",
  };
  const checked = (changes: Record<string, string> = {}, text = table) =>
    // The sizes are those of so few lines that a folder's share means nothing.
    problemsOf(foldersIn(text), new Map(Object.entries({ ...fine, ...changes }))).filter(
      (problem) => !problem.includes("% of all lines"),
    );

  it("finds nothing in a tree that follows the table", () => {
    assert.deepEqual(checked(), []);
  });

  it("finds an import that the row does not allow, of types and on demand too", () => {
    const wrong = [
      `import { a } from "../../top/a.ts";`,
      `import type { A } from "../../top/a.ts";`,
      `export {\n  a,\n} from "../../top/a.ts";`,
      `const a = await import("../../top/a.ts");`,
    ];
    for (const line of wrong) {
      assert.deepEqual(checked({ "low/files/c.ts": `${line}\n` }), [
        "low/files/c.ts imports ../../top/a.ts, but docs/architecture.md does not let low/files import top",
      ]);
    }
  });

  it("finds a row that allows a folder above", () => {
    const upwards = table.replace("| c | nothing |", "| c | `low` |");
    assert.deepEqual(checked({ "low/files/c.ts": `import { b } from "../b.ts";\n` }, upwards), [
      "low/files/c.ts imports ../b.ts, which is not below low/files in docs/architecture.md",
    ]);
  });

  it("finds a folder without a row, and a row that allows more than is used", () => {
    assert.deepEqual(checked({ "new/e.ts": "\n" }), [
      "new/e.ts: the folder has no row in docs/architecture.md",
    ]);
    assert.deepEqual(checked({ "low/b.ts": "\n" }), [
      "docs/architecture.md lets low import low/files, which it does not",
    ]);
  });

  it("finds a file of more than 250 lines, and a folder with more than 15 % of them", () => {
    assert.deepEqual(checked({ "low/b.ts": `${fine["low/b.ts"]}${"\n".repeat(249)}` }), []);
    assert.deepEqual(checked({ "low/b.ts": `${fine["low/b.ts"]}${"\n".repeat(250)}` }), [
      "low/b.ts has 251 lines, more than 250: split it",
    ]);
    const many = new Map(Object.entries({ "low/b.ts": "\n".repeat(16), "main.ts": "\n".repeat(84) }));
    assert.deepEqual(problemsOf(new Map([["low", []]]), many), [
      "low holds 16 % of all lines, more than 15 %",
    ]);
  });
});
