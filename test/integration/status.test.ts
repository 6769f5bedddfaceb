import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { version } from "../../package.json";
import { eventually } from "../support/eventually.ts";
import { modeOf } from "../support/fakes/temp-folder.ts";
import { readMetrics } from "../support/metrics.ts";
import { aliceKeeps, endDaemon, heartbeat, keeper, passNow } from "../support/program/keeping.ts";
import { keys, otherRegistry, useStanding } from "../support/program/standing.ts";
import { editJson, hour, minute, passTime } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

const broken = "version: 1\nidentites: {}\n";

describe("status", () => {
  const standing = useStanding();

  const first = async (user: User) => (await user.run(["status"])).stdout.split("\n")[0];
  const json = async (user: User) => JSON.parse((await user.run(["status", "--json"])).stdout);
  async function running(user: User) {
    const daemon = user.start(["daemon"]);
    await eventually(
      "a heartbeat",
      async () => (await first(user)) === `daemon: running, process ${daemon.pid}, version ${version}`,
    );
    return daemon;
  }

  it("and registries show stored tokens and the error with an invalid config, and exit 1", async () => {
    const user = keeper(standing);
    answered(await user.get(otherRegistry, { env: keys("bob") }), otherRegistry);
    user.write(configPath, broken);
    const status = await user.run(["status"]);
    assert.match(status.stdout, /^444455556666\S+ +keys in the environment \S+ +11h 59m +- +-$/m);
    const listed = await user.run(["registries"]);
    assert.match(listed.stdout, /^444455556666\S+ +- +keys in the environment/m);
    for (const { exitCode, stderr } of [status, listed]) {
      assert.equal(exitCode, 1);
      assert.match(stderr, /^docker-credential-ecr: .*config\.yaml:2:1.*\[CONFIG_INVALID\]\n$/);
    }
    const { registries, configError } = await json(user);
    assert.ok(registries[0].isFresh && configError.code === "CONFIG_INVALID");
    assert.match(JSON.parse((await user.run(["registries", "--json"])).stdout).configError, /CONFIG_INVALID/);
  });

  it("detects a killed daemon despite its recent heartbeat, and creates no files", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    assert.equal(await first(user), "daemon: not running");
    const daemon = await running(user);
    daemon.kill("SIGKILL");
    await daemon.ended;
    assert.equal(await first(user), `daemon: not running: process ${daemon.pid} was killed or crashed`);
    await endDaemon(await running(user));
    assert.equal(await first(user), "daemon: not running");
  });

  it("reports a running daemon without a heartbeat", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    const daemon = await running(user);
    daemon.kill("SIGSTOP");
    editJson(`${user.state}/refresher.json`, (file) => {
      file.lastTickAt = Date.now() - 12.5 * minute;
    });
    assert.equal(await first(user), `daemon: no heartbeat for 12m, process ${daemon.pid}`);
    const { silentForSeconds } = (await json(user)).daemon;
    // A slow machine takes some seconds for both commands.
    assert.ok(silentForSeconds >= 750 && silentForSeconds < 900, String(silentForSeconds));
    daemon.kill("SIGCONT");
    await endDaemon(daemon);
  });

  it("shows the daemon's first pass, and why it uses the previous config.yaml", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    standing.aws.controls.hang("GetAuthorizationToken");
    const daemon = user.start(["daemon"]);
    await eventually("a call", () => standing.calls() > 0);
    assert.equal(await first(user), "daemon: running, its first pass is under way");
    await endDaemon(daemon);
    standing.aws.controls.clear();
    const next = await running(user);
    user.write(configPath, broken);
    await passNow(user, next);
    user.write(configPath, aliceKeeps("111122223333"));
    const { stdout, exitCode } = await user.run(["status"]);
    assert.match(stdout, /^daemon: uses the previous config.yaml: .*\[CONFIG_INVALID\]$/m);
    assert.equal(exitCode, 0);
    await passNow(user, next);
    assert.doesNotMatch((await user.run(["status"])).stdout, /of before/);
    await endDaemon(next);
  });

  it("shows the daemon's next attempt, and no failure before the last success", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    standing.aws.controls.fail("GetAuthorizationToken", { status: 400, code: "AccessDeniedException" });
    const daemon = await running(user);
    assert.match((await user.run(["status"])).stdout, /none +in 4m +no ECR token .*\[ACCESS_DENIED\]\n$/);
    standing.aws.controls.clear();
    const failure = readFileSync(failureFile(user));
    assert.equal((await user.run(["refresh"])).exitCode, 0);
    // As of a process that is a moment late.
    writeFileSync(failureFile(user), failure, { mode: 0o600 });
    assert.match((await user.run(["status"])).stdout, /11h 59m +\S+( \S+)* +-\n$/);
    await passNow(user, daemon);
    const { nextRenewalAt } = (await json(user)).registries[0];
    const wait = Date.parse(nextRenewalAt) - Date.now();
    assert.ok(wait > 0 && wait < 6 * hour, `${wait}`);
    await endDaemon(daemon);
    passTime(user, 13 * hour);
    const over = await user.run(["status"]);
    assert.deepEqual([over.exitCode, /expired +- +-\n$/.test(over.stdout)], [1, true]);
  });

  it("--prometheus atomically writes a file that others can read, and always exits 0", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    const folder = join(user.home, "metrics");
    mkdirSync(folder);
    const path = join(folder, "ecr.prom");
    const ran = await user.run(["status", "--prometheus", path]);
    assert.deepEqual({ ...ran, tookMs: 0 }, { exitCode: 0, stdout: "", stderr: "", tookMs: 0 });
    assert.equal(modeOf(path), "0644");
    assert.match(readFileSync(path, "utf8"), /^docker_credential_ecr_token_expiry\S+\{.*\} 0$/m);
    await user.run(["refresh"]);
    chmodSync(path, 0o600);
    const inode = statSync(path).ino;
    assert.equal((await user.run(["status", "--prometheus", path])).exitCode, 0);
    assert.notEqual(statSync(path).ino, inode);
    assert.deepEqual([modeOf(path), readdirSync(folder)], ["0644", ["ecr.prom"]]);
    const metrics = readMetrics(readFileSync(path, "utf8"));
    const [expiry] =
      metrics.get("docker_credential_ecr_token_expiry_timestamp_seconds")?.samples.values() ?? [];
    assert.ok(Math.abs((expiry?.value ?? 0) - (Date.now() + 12 * hour) / 1000) < 60);
    const { stdout } = await user.run(["status", "--prometheus"]);
    assert.deepEqual([...readMetrics(stdout).keys()], [...metrics.keys()]);
  });

  it("reports an unusable state folder, and exits 1, even without managed registries", async () => {
    for (const [seed, why] of [
      ["ln -s / $0", /is not a folder/],
      ["echo > $0", /is not a folder/],
      ["mkdir -m 777 $0", /other users can enter/],
      ["ln -s $0 $0", /is not a folder/],
    ] as const) {
      const user = standing.user();
      mkdirSync(dirname(user.state), { recursive: true });
      assert.equal(spawnSync("sh", ["-c", seed, user.state]).status, 0);
      const { exitCode, stdout } = await user.run(["status"]);
      assert.equal(exitCode, 1, seed);
      assert.match(stdout.split("\n")[1] ?? "", why);
      assert.doesNotMatch(stdout, /No registry is managed/);
      const listed = await user.run(["registries"]);
      assert.deepEqual([listed.exitCode, listed.stdout], [1, ""], seed);
      assert.match(listed.stderr, /^docker-credential-ecr: [^\n]*\[STATE_FOLDER\]\n$/);
      const { ok, stateError } = JSON.parse((await user.run(["status", "--json"])).stdout);
      assert.equal(ok, false);
      assert.equal(stateError.code, "STATE_FOLDER");
    }
  });

  it("--prometheus replaces only a plain file", async () => {
    const user = keeper(standing);
    const pipe = join(user.home, "pipe");
    assert.equal(spawnSync("mkfifo", [pipe]).status, 0);
    for (const path of [pipe, user.home, join(user.home, "gone/ecr.prom")]) {
      const { exitCode, stdout, stderr } = await user.run(["status", "--prometheus", path]);
      assert.deepEqual([exitCode, stdout], [1, ""]);
      assert.match(stderr, /^docker-credential-ecr: the metrics file .* \[METRICS_WRITE\]\n$/);
    }
    assert.ok(statSync(pipe).isFIFO());
  });

  function failureFile(user: User): string {
    return `${user.state}/authorizations/${Object.keys(heartbeat(user).state.groups)[0]}.failed.json`;
  }
});
