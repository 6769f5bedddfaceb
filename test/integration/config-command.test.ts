import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { modeOf } from "../support/fakes/temp-folder.ts";
import { aliceKeeps, keeper } from "../support/program/keeping.ts";
import { programPath } from "../support/program/program.ts";
import { registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { entryIn, tokenFile } from "../support/program/state.ts";
import { configPath } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

describe("config", () => {
  const standing = useStanding();

  it("path prints the path of the file, whether it exists or not", async () => {
    const user = standing.user();
    const { exitCode, stdout } = await user.run(["config", "path"]);
    assert.deepEqual([exitCode, stdout], [0, `${join(user.home, configPath)}\n`]);
    assert.ok(!existsSync(join(user.home, ".config")));
    const elsewhere = { XDG_CONFIG_HOME: "/srv/config" };
    assert.match(
      (await user.run(["config", "path"], { env: elsewhere })).stdout,
      /^\/srv\/config\/.*\.yaml\n$/,
    );
  });

  it("init writes a valid private file with the installed schema, and never overwrites one", async () => {
    const user = standing.user();
    const schema = join(dirname(programPath()), "../share/docker-credential-ecr/config.schema.json");
    const first = await user.run(["config", "init"]);
    assert.equal(first.exitCode, 0, first.stderr);
    const path = join(user.home, configPath);
    assert.equal(modeOf(path), "0600");
    assert.ok(!readFileSync(path, "utf8").includes("$schema"));
    const checked = await user.run(["config", "check"]);
    assert.deepEqual([checked.exitCode, checked.stderr], [0, ""]);
    assert.match(checked.stdout, /config\.yaml: OK, 0 identities, 0 entries of registries\n$/);
    writeFileSync(path, "version: 1\nstore: file\n");
    const second = await user.run(["config", "init"]);
    assert.match(second.stderr, /config\.yaml already exists\. .*\[CONFIG_EXISTS\]\n$/);
    assert.deepEqual([second.exitCode, readFileSync(path, "utf8")], [1, "version: 1\nstore: file\n"]);
    mkdirSync(dirname(schema), { recursive: true });
    writeFileSync(schema, "{}");
    const other = standing.user();
    await other.run(["config", "init"]);
    const [line] = readFileSync(join(other.home, configPath), "utf8").split("\n");
    assert.equal(line, `# yaml-language-server: $schema=${schema}`);
    const blocked = standing.user();
    blocked.write(".config", "no folder");
    assert.match((await blocked.run(["config", "init"])).stderr, /\[CONFIG_WRITE\]\n$/);
  });

  it("init's examples are valid without their #", async () => {
    const user = standing.user();
    await user.run(["config", "init"]);
    const path = join(user.home, configPath);
    const text = readFileSync(path, "utf8").replaceAll(/^# ( *(?:- )?\w+:.*)$/gm, "$1");
    assert.match(text, /^identities:$/m);
    writeFileSync(path, text);
    assert.match((await user.run(["config", "check"])).stdout, /OK, 2 identities, 2 entries of registries/);
  });

  it("check reports all problems with their lines, and exits 1; other commands report the first", async () => {
    const user = standing.user();
    user.write(configPath, "version: 1\nstore: fil\nminValidity: 1\nregistrys: []\n");
    const { exitCode, stdout, stderr } = await user.run(["config", "check"]);
    assert.deepEqual([exitCode, stdout], [1, ""]);
    assert.deepEqual(
      [...stderr.matchAll(/config\.yaml:(\d+):\d+: .*\[CONFIG_INVALID\]$/gm)].map(([, line]) => line),
      ["2", "3", "4"],
    );
    const other = await user.run(["registries"]);
    assert.match(
      other.stderr,
      /:2:8: .* \(the first of 3 problems: 'docker-credential-ecr config check' lists them\)/,
    );
    assert.match(
      (await standing.user().run(["config", "check"])).stdout,
      /does not exist: every registry uses/,
    );
  });
});

describe("an entry of an account", () => {
  const standing = useStanding();

  it("sets the identity of all regions, and its own regions are refreshed in advance", async () => {
    const user = keeper(standing, aliceKeeps("111122223333", "us-east-1"));
    answered(await user.get(westRegistry), westRegistry);
    const { identity } = entryIn(tokenFile(user, westRegistry)) as { identity: string };
    assert.equal(identity, "alice (profile alice)");
    await user.run(["daemon", "--once"]);
    assert.ok(existsSync(tokenFile(user, registry)));
  });

  it("without regions notes that its registries are refreshed after their first pull", async () => {
    const config = aliceKeeps("111122223333").replace("    regions: [us-east-1]\n", "");
    const user = keeper(standing, config);
    const words = "config.yaml:6: registries of account 111122223333 are renewed from their first pull on";
    for (const command of [["status"], ["registries"], ["refresh"], ["daemon", "--once", "--verbose"]]) {
      const { exitCode, stdout, stderr } = await user.run(command);
      assert.equal(exitCode, 0);
      assert.ok((stdout + stderr).includes(words), `${command}: ${stdout}${stderr}`);
    }
    answered(await user.get(registry), registry);
    assert.ok(!(await user.run(["status"])).stdout.includes("first pull"));
  });
});
