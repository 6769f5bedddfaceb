import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseConfig } from "../src/config/parse.ts";
import { programPath } from "./support/program/program.ts";

const readme = readFileSync(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8");
const blocks = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text = ""]) => ({
  language,
  text,
}));
const commands = blocks
  .filter(({ language }) => language === "sh" || language === "cron")
  .flatMap(({ text }) => text.trim().split("\n"))
  // When cron is to run it, and how long it may wait first.
  .map((line) => line.replace(/^\*\S* \* \* \* \* /, "").replace("--splay 10m", "--splay 0s"))
  .filter((line) => line.startsWith("docker-credential-ecr "));

describe("README examples", () => {
  let home = "";
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "ecr-readme-"));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  function run(line: string) {
    return spawnSync(programPath(), line.split(" ").slice(1), { env: { HOME: home }, encoding: "utf8" });
  }

  it("has commands", () => assert.ok(commands.length >= 3));

  for (const line of commands) {
    it(line, () => {
      const { status, stderr } = run(line);
      assert.equal(status, 0, stderr);
    });
  }

  it("shows what configure-docker writes", () => {
    const [wiring] = commands;
    assert.equal(run(wiring ?? "").status, 0);
    const json = blocks.find(({ language }) => language === "json");
    assert.deepEqual(
      JSON.parse(readFileSync(join(home, ".docker/config.json"), "utf8")),
      JSON.parse(json?.text ?? ""),
    );
  });

  it("shows a config that this version takes", () => {
    const yaml = blocks.find(({ language }) => language === "yaml");
    assert.equal(parseConfig(yaml?.text ?? "", "README.md").registries.length, 2);
  });

  it("names only scripts that package.json has", () => {
    const { scripts } = JSON.parse(
      readFileSync(fileURLToPath(new URL("../package.json", import.meta.url)), "utf8"),
    );
    for (const [, script = ""] of readme.matchAll(/npm run ([a-z]+)/g)) assert.ok(script in scripts, script);
  });
});
