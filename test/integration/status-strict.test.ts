import assert from "node:assert/strict";
import { version } from "../../package.json";
import { eventually } from "../support/eventually.ts";
import { readMetrics } from "../support/metrics.ts";
import { aliceKeeps, endDaemon, keeper, passNow } from "../support/program/keeping.ts";
import { registry, useStanding } from "../support/program/standing.ts";
import { editJson, hour, passTime } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

const unit = ".config/systemd/user/docker-credential-ecr.service";

describe("status --strict", function () {
  this.timeout(120_000);
  const standing = useStanding();

  async function exitCodes(user: User) {
    const ran = await Promise.all([user.run(["status"]), user.run(["status", "--strict"])]);
    return ran.map(({ exitCode }) => exitCode);
  }
  const json = async (user: User) => JSON.parse((await user.run(["status", "--json"])).stdout);
  async function metric(user: User, name: string) {
    const { stdout } = await user.run(["status", "--prometheus"]);
    const [sample] = readMetrics(stdout).get(`docker_credential_ecr_${name}`)?.samples.values() ?? [];
    return sample?.value;
  }

  async function kept(): Promise<User> {
    const user = keeper(standing, aliceKeeps("111122223333"));
    assert.equal((await user.run(["refresh"])).exitCode, 0);
    return user;
  }

  it("exits 0 if all is OK, also without a daemon", async () => {
    assert.deepEqual(await exitCodes(await kept()), [0, 0]);
    assert.deepEqual(await exitCodes(keeper(standing)), [0, 0]);
  });

  it("fails while refreshing fails, and shows since when, and the token's expiry", async () => {
    const user = await kept();
    passTime(user, 7 * hour);
    standing.aws.controls.fail("GetAuthorizationToken", { status: 400, code: "AccessDeniedException" });
    const once = await user.run(["daemon", "--once"]);
    assert.match(once.stderr, /not renewed since \S+Z, valid until \S+Z \(identity: .*\[ACCESS_DENIED\]/);
    passTime(user, 3 * hour);
    assert.deepEqual(await exitCodes(user), [0, 1]);
    const { registries, ok } = await json(user);
    const [{ failingSince, lastRenewedAt, expiresAt, state, lastError }] = registries;
    assert.deepEqual([ok, state, lastError.code], [true, "failing", "ACCESS_DENIED"]);
    const ago = (time: string) => Math.round((Date.now() - Date.parse(time)) / hour);
    assert.deepEqual([failingSince, lastRenewedAt, expiresAt].map(ago), [3, 10, -2]);
    assert.equal((await json(user)).registries[0].expiresAt, expiresAt);
    assert.equal(
      Math.round(
        (Date.now() / 1000 - ((await metric(user, "token_failing_since_timestamp_seconds")) ?? 0)) / 3600,
      ),
      3,
    );
    // Half an hour over: an hour later its file is pruned.
    passTime(user, 2.5 * hour);
    assert.deepEqual(await exitCodes(user), [1, 1]);
    const over = await user.run(["status"]);
    assert.match(
      over.stdout,
      /expired +- +expired at \S+Z, not renewed since \S+Z \(identity: .*\[ACCESS_DENIED\]\n$/,
    );
    const refreshed = await user.run(["refresh"]);
    assert.match(refreshed.stderr, /expired at \S+Z, not renewed \(identity: /);
  });

  it("fails if a daemon was killed, or its installed service does not run", async () => {
    const user = await kept();
    const daemon = user.start(["daemon"]);
    await passNow(user, daemon);
    assert.deepEqual(await exitCodes(user), [0, 0]);
    await eventually("its heartbeat", async () => (await json(user)).daemon.pid !== undefined);
    daemon.kill("SIGKILL");
    await daemon.ended;
    // A program that it had just started may hold its lock for a moment more.
    await eventually("status sees it", async () => !(await json(user)).daemon.running);
    assert.deepEqual(await exitCodes(user), [0, 1]);
    const { expected, running } = (await json(user)).daemon;
    assert.deepEqual([expected, running, await metric(user, "daemon_expected")], [true, false, 1]);
    const next = user.start(["daemon"]);
    await passNow(user, next);
    await endDaemon(next);
    assert.deepEqual(await exitCodes(user), [0, 0]);
    assert.equal(await metric(user, "daemon_expected"), 0);
    user.write(unit, "");
    assert.deepEqual(await exitCodes(user), [0, 1]);
    assert.match(
      (await user.run(["status"])).stdout,
      /^daemon: not running, though its service is installed: \S+\n/,
    );
  });

  it("explains why a daemon that has just started has not requested a token yet", async () => {
    const user = keeper(standing, aliceKeeps("111122223333", "us-east-1"));
    // A day, so that the chance of a request during the test is nil.
    const daemon = user.start(["daemon", "--splay", "24h"]);
    await eventually("its heartbeat", async () => (await json(user)).daemon.pid !== undefined);
    const { stdout } = await user.run(["status"]);
    assert.match(
      stdout,
      / none +in \d+[hm]\S* .* the daemon has just started and spreads its first requests/,
    );
    assert.equal(standing.count("GetAuthorizationToken"), 0);
    answered(await user.get(registry), registry);
    assert.doesNotMatch((await user.run(["status"])).stdout, /just started/);
    await endDaemon(daemon);
    assert.match(
      (await daemon.ended).stdout,
      /started, process \d+; the first requests .* over 24h 0m \(--splay\)/,
    );
  });

  it("fails if the daemon has another version or an unknown one", async () => {
    const user = await kept();
    const daemon = user.start(["daemon"]);
    await passNow(user, daemon);
    assert.equal((await json(user)).daemon.program, version);
    for (const [program, words] of [
      ["0.0.1", "version 0.0.1"],
      [undefined, "an older version"],
    ] as const) {
      daemon.kill("SIGSTOP");
      editJson(`${user.state}/refresher.json`, (file) => Object.assign(file, { program }));
      assert.deepEqual(await exitCodes(user), [0, 1]);
      const { stdout } = await user.run(["status"]);
      const line = `daemon: running, process ${daemon.pid}, ${words}, while this program is version ${version}: restart it: end it with 'kill ${daemon.pid}', and start 'docker-credential-ecr daemon' again as you did before`;
      assert.equal(stdout.split("\n")[0], line);
      assert.equal(await metric(user, "daemon_outdated"), 1);
    }
    daemon.kill("SIGCONT");
    await endDaemon(daemon);
  });
});
