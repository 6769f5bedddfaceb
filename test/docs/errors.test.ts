import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { codesIn } from "../support/failure-codes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const filesOf = (folder: string) => [...new Bun.Glob(`${folder}/**/*.ts`).scanSync(root)];

const sections = read("docs/errors.md")
  .split(/^### /m)
  .slice(1)
  .map((section) => {
    const [title = "", ...lines] = section.split(/\n/);
    return { title, text: lines.join("\n").split(/^## /m)[0] ?? "" };
  });
const titles = sections.map(({ title }) => title);

describe("docs/errors.md", () => {
  it("has an entry for each code of the source, and none for another", () => {
    const sources = [...new Bun.Glob("native/*.c").scanSync(root)].map(read);
    const inC = sources.flatMap((text) => [...text.matchAll(/ \[([A-Z_]+)\]/g)].map(([, code = ""]) => code));
    const made = new Set([...filesOf("src").flatMap((file) => codesIn(read(file)).codes), ...inC]);
    assert.ok(inC.length > 2);
    assert.ok(made.size > 50);
    assert.deepEqual(
      {
        without: [...made].filter((code) => !titles.includes(code)),
        stale: titles.filter((code) => !made.has(code)),
      },
      { without: [], stale: [] },
    );
    assert.equal(new Set(titles).size, titles.length);
  });

  it("is compared with a source whose codes can all be told", () => {
    for (const file of filesOf("src")) assert.deepEqual(codesIn(read(file)).unclear, [], file);
  });

  for (const { title, text } of sections) {
    it(`says of ${title} what it means and what to do`, () => {
      assert.match(text, /^[A-Z`].{20,}\*\*Do:\*\* \S.*\.\n*$/);
      assert.ok(text.length < 500, `${text.length} characters`);
    });
  }
});

describe("codesIn", () => {
  it("finds codes as the house writes them, and no others", () => {
    const source = `
      // new Failure("IN_A_COMMENT", "")
      throw new Failure(\n  "ONE", what, mend);
      new Failure(isLate ? "TWO" : "THREE", what);
      return { code: "FOUR", url: "https://x" };
      const code = "FIVE";
      type SomeCode =\n  /** "NO" */\n  | "SIX"\n  | "SEVEN";
      if (error.code === "ENOENT") throw Object.assign(new Error("x"), { code: "EROFS" });
      new Failure(failed.code, what);
      class Eight extends Failure { constructor() { super("EIGHT", "") } }
    `;
    const { codes, unclear } = codesIn(source);
    const expected = ["ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT"];
    assert.deepEqual(codes.toSorted(), expected.toSorted());
    assert.deepEqual(unclear, []);
  });

  it("says where it can't tell", () => {
    assert.deepEqual(codesIn("new Failure(nameOf(error), what)").unclear, ["nameOf(error)"]);
  });
});
