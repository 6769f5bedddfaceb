import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const patterns = ["*.md", "docs/**/*.md", "examples/**/*", "scripts/man/*.1", "src/**/*.ts"];
const texts = patterns.flatMap((pattern) => [...new Bun.Glob(pattern).scanSync({ cwd: root })]);

/** Words that readers stumble over, and what to write instead. */
const words: readonly (readonly [RegExp, string])[] = [
  [/\bmend(?:s|ed|ing)?\b/i, "fix"],
  [/\bwhoever\b/i, "the caller, the process that …"],
  [/\b(?:some|every)body\b/i, "another user, all users"],
  [/(?<!user )\bnobody\b(?!["`])/i, "no process, no user"],
  [/\bstrangers?\b/i, "another user"],
  [/(?<!["'`])\blearnt\b(?!["'`])/i, "discovered"],
  [/\b(?:un)?wired\b/i, "configured"],
  [/\bmishaps?\b/i, "failure"],
  [/\bhurried\b/i, "short-deadline"],
  [/\baskers?\b/i, "identity"],
  [/\bsurroundings\b/i, "context"],
  [/\blies (?:in|on|at|there|ready|below|beside|where|as)\b/i, "is stored, is in"],
  [/\blie (?:in|on|at|there|ready|below|beside|where|as)\b/i, "are stored, are in"],
  [/\bin the place of\b/i, "instead of"],
  [/\b(?:is|are|was|been) told\b/i, "is reported, is logged"],
  [/\banew\b/i, "again"],
  [/\bgoes by\b/i, "uses"],
  [/\bcounts? for nothing\b/i, "is ignored"],
  [/\bhalf set\b/i, "incomplete"],
  [/\bmemory file system\b/i, "tmpfs"],
  [/\bhanded (?:on|out)\b/i, "delegated, returned"],
  [/\bmoving (?:in|out)\b/i, "import, export"],
  [/\blasting\b/i, "durable"],
  [/\bwhat (?:has )?(?:came|come) of\b/i, "result"],
  [/\bmachine's own role\b/i, "instance role"],
  [/\bno use any more\b/i, "expired"],
  [/\breckon(?:s|ed)?\b/i, "calculate"],
  [/\bwhence\b/i, "from which"],
  [/\banybody\b/i, "any user, any process"],
  [/\bin the light of\b/i, "from, according to"],
  [/\bby its own word\b/i, "by its expiry"],
  [/\bin vain\b/i, "without success"],
  [/\bbeside\b/i, "next to, besides"],
  [/\btells? (?:of|why|which|what|how)\b/i, "report, name, explain"],
  [/\b(?:gives?|puts?) (?:it|them) back\b/i, "restore"],
  [/\bin (?:its|their) turn\b/i, "also, itself"],
  [/\bone's own\b/i, "the user's own, its own"],
];

function found(path: string): readonly string[] {
  const lines = readFileSync(join(root, path), "utf8").split("\n");
  return lines.flatMap((line, at) =>
    words.flatMap(([word, instead]) => {
      const hit = word.exec(line)?.[0];
      return hit === undefined ? [] : [`${path}:${at + 1}: "${hit}": write ${instead}`];
    }),
  );
}

describe("words in src and the documentation", () => {
  it("are plain English", () => {
    assert.ok(texts.length > 300, `${texts.length} files`);
    assert.deepEqual(texts.flatMap(found), []);
  });
});
