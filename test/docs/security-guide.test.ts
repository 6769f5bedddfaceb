import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const guide = readFileSync(`${root}docs/security.md`, "utf8");

describe("docs/security.md", () => {
  it("names files that are there", () => {
    const named = [...guide.matchAll(/`((?:test|src)\/[^`]+)`/g)].map(([, path = ""]) => path);
    assert.ok(named.length > 20);
    for (const path of named) assert.ok(existsSync(root + path), path);
  });

  it("names for everything that an attacker can't do the tests that show it", () => {
    const table = guide.split("## Who can do what")[1]?.split("\n## ")[0] ?? "";
    const rows = table
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .slice(1)
      .map((line) => line.split("|").map((cell) => cell.trim()));
    assert.ok(rows.length >= 8);
    for (const [, who = "", , , cannot = "", tests = ""] of rows) {
      if (cannot !== "–") assert.ok(/`test\/.*\.test\.ts`/.test(tests), who);
    }
  });

  it("leads to places that it has", () => {
    const heads = [...guide.matchAll(/^## (.+)$/gm)].map(([, text = ""]) =>
      text.toLowerCase().replaceAll(" ", "-"),
    );
    for (const [, place = ""] of guide.matchAll(/\]\(#([^)]+)\)/g)) assert.ok(heads.includes(place), place);
  });
});
