import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../src/config/parse.ts";
import { blocksOf, root } from "../support/program/guide.ts";
import { programPath } from "../support/program/program.ts";

// The commands of README.md and of the tutorials need AWS: test/integration/tutorials.test.ts runs them.
const pages = ["docs/docker.md", "docs/keep-fresh.md"];
const readme = readFileSync(join(root, "README.md"), "utf8");

function commandsOf(page: string): readonly string[] {
  return (
    blocksOf(page)
      .filter(({ language }) => language === "sh" || language === "cron")
      .flatMap(({ text }) => text.trim().split("\n"))
      // When cron is to run it, and how long it may wait first.
      .map((line) => line.replace(/^\*\S* \* \* \* \* /, "").replace("--splay 10m", "--splay 0s"))
      .filter((line) => line.startsWith("docker-credential-ecr "))
  );
}

let home = "";
function run(line: string) {
  return spawnSync(programPath(), line.split(" ").slice(1), { env: { HOME: home }, encoding: "utf8" });
}

describe("commands in the guides", () => {
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "ecr-guides-"));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  for (const page of pages) {
    const commands = commandsOf(page);
    it(`${page} has some`, () => assert.ok(commands.length >= 3));

    for (const line of commands) {
      it(`${page}: ${line}`, () => {
        const { status, stderr } = run(line);
        assert.equal(status, 0, stderr);
      });
    }
  }

  it("write what docs/docker.md shows", () => {
    const [first = ""] = commandsOf("docs/docker.md");
    assert.equal(run(first).status, 0);
    const json = blocksOf("docs/docker.md").find(({ language }) => language === "json");
    assert.deepEqual(
      JSON.parse(readFileSync(join(home, ".docker/config.json"), "utf8")),
      JSON.parse(json?.text ?? ""),
    );
  });

  it("go with a config that this version accepts", () => {
    const yaml = blocksOf("docs/keep-fresh.md").find(({ language }) => language === "yaml");
    assert.equal(parseConfig(yaml?.text ?? "", "keep-fresh.md").outputs.length, 1);
  });
});

describe("README.md", () => {
  it("has at most 150 lines", () => assert.ok(readme.split("\n").length <= 150));

  it("names only scripts that package.json has, and so do the guides", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const all = [...new Bun.Glob("docs/**/*.md").scanSync(root), "README.md", "CONTRIBUTING.md"];
    for (const page of all) {
      for (const [, script = ""] of readFileSync(join(root, page), "utf8").matchAll(/npm run ([a-z:]+)/g))
        assert.ok(script in scripts, `${page}: ${script}`);
    }
  });
});
