import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeMark } from "../../src/logins/keychain-marks.ts";
import { aliceKeeps, endDaemon, keeper, passNow } from "../support/program/keeping.ts";
import { registry, useStanding } from "../support/program/standing.ts";
import { snapshot } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { silent } from "../support/program/verdicts.ts";

/** What `install.sh --uninstall` asks for before it removes the state folder. */
describe("configure-docker --leave", () => {
  const standing = useStanding();
  const leave = (user: User, ...more: string[]) => user.run(["configure-docker", "--leave", ...more]);

  /** Somebody whose daemon has written tokens into files. */
  async function withOutputs(...names: string[]): Promise<User> {
    const user = keeper(standing);
    mkdirSync(join(user.home, "ci"), { mode: 0o700 });
    const listed = names.map((name) => `  - dockerConfig: ${user.home}/ci/${name}\n`).join("");
    user.write(configPath, aliceKeeps("111122223333", "us-east-1", `outputs:\n${listed}`));
    return user;
  }

  it("removes tokens from outputs while config.yaml still names them, and keeps everything else", async () => {
    const user = await withOutputs("config.json", "made.json");
    const text = '{\n\t"auths": {\n\t\t"b.example": {}\n\t},\n\t"z": 1\n}';
    user.write("ci/config.json", text);
    assert.equal((await user.run(["daemon", "--once"])).exitCode, 0);
    const written = snapshot(user.home, "ci");
    assert.match(readFileSync(join(user.home, "ci/config.json"), "utf8"), new RegExp(registry));

    const dry = await leave(user, "--dry-run");
    assert.match(dry.stdout, /ci\/config\.json: tokens would be removed\n.*made\.json: .*would/);
    assert.deepEqual(snapshot(user.home, "ci"), written);

    const { stdout, stderr, exitCode } = await leave(user);
    assert.deepEqual([stderr, exitCode], ["", 0]);
    assert.match(stdout, /ci\/config\.json: tokens were removed\n.*made\.json: tokens were removed\n$/);
    assert.equal(readFileSync(join(user.home, "ci/config.json"), "utf8"), text);
    assert.deepEqual(readdirSync(join(user.home, "ci")), ["config.json"]);
    assert.equal((await leave(user)).stdout, "");
  });

  it("names the file that still contains tokens, and handles the others", async () => {
    const user = await withOutputs("broken.json", "config.json");
    assert.equal((await user.run(["daemon", "--once"])).exitCode, 0);
    user.write("ci/broken.json", "{");
    const { stdout, stderr, exitCode } = await leave(user);
    assert.equal(exitCode, 3);
    assert.match(
      stderr,
      /^docker-credential-ecr: tokens are left in \S+\/ci\/broken\.json: .*\[OUTPUT_SYNTAX\]\n$/,
    );
    assert.match(stdout, /config\.json: tokens were removed/);
    assert.deepEqual(readdirSync(join(user.home, "ci")), ["broken.json"]);
  });

  it("names a running daemon, which would write them again", async () => {
    const user = await withOutputs("config.json");
    const daemon = user.start(["daemon"]);
    await passNow(user, daemon);
    // Before, a service's daemon runs as it should.
    assert.equal((await leave(user, "--dry-run")).stderr, "");
    const { stderr, exitCode } = await leave(user);
    assert.equal(exitCode, 3);
    assert.match(stderr, new RegExp(`daemon: running, process ${daemon.pid}, version \\S+: end it`));
    await endDaemon(daemon);
  });

  it("names logins that remain in the keychain", async () => {
    const user = standing.user();
    await writeMark(user.state, "c.example");
    const { stderr, exitCode } = await leave(user);
    assert.equal(exitCode, 3);
    assert.match(stderr, /left in the keychain: logins to c\.example\n$/);
  });

  it("names explicit logins to ECR registries, which are removed with the tokens", async () => {
    const user = standing.user();
    silent(await user.store(registry, "AWS", "made-up"));
    const line = new RegExp(
      `^the explicit 'docker login' to ${registry}, valid until \\S+Z, (?:would be|is) removed too\n$`,
    );
    for (const more of [["--dry-run"], []]) {
      const { stdout, exitCode } = await leave(user, ...more);
      assert.match(stdout, line);
      assert.equal(exitCode, 0);
    }
    chmodSync(join(user.state, `logins/${registry}.entry`), 0o644);
    assert.match((await leave(user)).stdout, /^an explicit .*, which can't be read, is removed too\n$/);
    silent(await user.erase(registry));
    assert.equal((await leave(user)).stdout, "");
  });

  it("changes nothing if logins would be lost, except those that --undo restores", async () => {
    const user = standing.user();
    user.write(configPath, "version: 1\nfallback: file\n");
    user.write(".docker/config.json", `{"auths":{"b.example":{"auth":"${btoa("me:hush")}"}}}`);
    assert.equal((await user.run(["configure-docker", "--import"])).exitCode, 0);
    assert.equal((await leave(user)).exitCode, 0);
    // With another fallback --undo would not find what lies there.
    user.write(configPath, "version: 1\n");
    assert.match((await leave(user)).stderr, /logins to b\.example are stored/);
    user.write(configPath, "version: 1\nfallback: file\n");
    silent(await user.store("c.example", "me", "hush"));
    const before = snapshot(user.home);
    const { stdout, stderr, exitCode } = await leave(user);
    assert.deepEqual([stdout, exitCode], ["", 1]);
    assert.match(stderr, /logins to c\.example are stored .*--export.*\[LOGINS_KEPT\]\n$/);
    assert.deepEqual(snapshot(user.home), before);
    assert.equal((await user.run(["configure-docker", "--export", "--yes"])).exitCode, 0);
    assert.equal((await leave(user)).exitCode, 0);
  });

  it("refuses if --undo would keep another login in the file than the stored one", async () => {
    const user = standing.user();
    user.write(configPath, "version: 1\nfallback: file\n");
    const server = "hub.example.com";
    const auths = { [server]: { auth: btoa("me:hush-1") } };
    const write = (more: object) => user.write(".docker/config.json", JSON.stringify({ auths, ...more }));
    const path = write({});
    assert.equal((await user.run(["configure-docker", "--import"])).exitCode, 0);
    // The same login in both is no problem.
    write({ credsStore: "ecr" });
    silent(await leave(user, "--dry-run"));
    silent(await user.store(server, "me", "hush-2"));
    for (const more of [["--dry-run"], []]) {
      const { stderr, exitCode } = await leave(user, ...more);
      assert.equal(exitCode, 1);
      assert.match(
        stderr,
        /the login to hub\.example\.com is stored only in .* has another one.*\[LOGINS_KEPT\]/,
      );
    }
    // The first fix.
    user.write(".docker/config.json", '{"credsStore": "ecr"}');
    assert.equal((await leave(user)).exitCode, 0);
    await user.run(["configure-docker", "--undo", "--everywhere"]);
    assert.match(readFileSync(path, "utf8"), new RegExp(btoa("me:hush-2")));
  });
});
