import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { failureCodes } from "../../src/token/failure-codes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

const sections = read("docs/errors.md")
  .split(/^### /m)
  .slice(1)
  .map((section) => {
    const [title = "", ...lines] = section.split(/\n/);
    return { title, text: lines.join("\n").split(/^## /m)[0] ?? "" };
  });
const titles = sections.map(({ title }) => title);

describe("docs/errors.md", () => {
  it("has an entry for each code, and none for another", () => {
    const sources = [...new Bun.Glob("native/*.c").scanSync(root)].map(read);
    const inC = sources.flatMap((text) => [...text.matchAll(/ \[([A-Z_]+)\]/g)].map(([, code = ""]) => code));
    assert.ok(inC.length > 2);
    assert.deepEqual(titles.toSorted(), [...new Set([...Object.keys(failureCodes), ...inC])].sort());
  });

  for (const { title, text } of sections) {
    it(`says of ${title} what it means and how to fix it`, () => {
      assert.match(text, /^[A-Z`].{20,}\*\*Fix:\*\* \S.*\.\n*$/);
      assert.ok(text.length < 500, `${text.length} characters`);
    });
  }
});
