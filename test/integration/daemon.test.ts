import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { eventually } from "../support/eventually.ts";
import { aliceKeeps, heartbeat, keeper, passNow } from "../support/program/keeping.ts";
import { keys, otherRegistry, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { hour, passTime, tokenFile } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

describe("daemon", () => {
  const standing = useStanding();

  const userWith = (config?: string): User => keeper(standing, config);
  const hasToken = (user: User, host: string) => existsSync(tokenFile(user, host));

  it("--once fetches managed tokens, so that a get makes no call, and sends no second request", async () => {
    const user = userWith(aliceKeeps("111122223333", "us-east-1, us-west-2"));
    const first = await user.run(["daemon", "--once", "--verbose"]);
    assert.deepEqual(
      { ...first, tookMs: 0 },
      {
        stdout: "2 registries managed, 2 tokens renewed, 0 failed\n",
        stderr: "",
        exitCode: 0,
        tookMs: 0,
      },
    );
    assert.equal(standing.count("GetAuthorizationToken"), 2);
    answered(await user.get(registry), registry);
    answered(await user.get(westRegistry), westRegistry);
    const second = await user.run(["daemon", "--once", "--verbose"]);
    assert.equal(second.stdout, "2 registries managed, 0 tokens renewed, 0 failed\n");
    assert.equal(standing.count("GetAuthorizationToken"), 2);
    const quiet = await user.run(["daemon", "--once"]);
    assert.deepEqual([quiet.exitCode, quiet.stdout, quiet.stderr], [0, "", ""]);
    assert.equal(statSync(`${user.state}/refresher.json`).mode & 0o777, 0o600);
  });

  it("--once reports each failure in one line and exits 1, also while a retry is pending", async () => {
    const user = userWith(aliceKeeps("111122223333"));
    standing.aws.controls.fail("GetAuthorizationToken", { status: 400, code: "AccessDeniedException" });
    for (const isRemembered of [false, true]) {
      const { stdout, stderr, exitCode } = await user.run(["daemon", "--once", "--verbose"]);
      assert.equal(exitCode, 1);
      assert.match(stderr, /^docker-credential-ecr: .*alice.*\[\w+\]\n$/);
      const remembered =
        /not tried again: this is the failure of \S+Z; next attempt after \S+Z, or at once with 'docker-credential-ecr refresh 111122223333\S+'\)/;
      assert.equal(remembered.test(stderr), isRemembered, stderr);
      assert.equal(standing.count("GetAuthorizationToken"), 1);
      assert.equal(stdout, "1 registry managed, 0 tokens renewed, 1 failed\n");
    }
    // A user who runs refresh gets AWS's present answer.
    assert.doesNotMatch((await user.run(["refresh"])).stderr, /not tried again/);
    assert.equal(standing.count("GetAuthorizationToken"), 2);
  });

  it("--once names tokens from keys in the environment, and does not change them", async () => {
    const user = userWith();
    answered(await user.get(registry, { env: keys("alice") }), registry);
    standing.aws.controls.reset();
    const { stdout, exitCode } = await user.run(["daemon", "--once", "--verbose"]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /111122223333\S+ is not renewed in the background.*\[KEYS_IN_ENVIRONMENT\]/);
    assert.equal(standing.calls(), 0);
  });

  it("refreshes registries that builds requested, but not those removed from config.yaml", async () => {
    const hosts = async (user: User) => {
      const { registries } = JSON.parse((await user.run(["registries", "--json"])).stdout);
      return registries.map(({ registry: host, origin }: Record<string, string>) => `${origin} ${host}`);
    };
    const user = userWith(aliceKeeps("111122223333", "us-east-1, us-west-2"));
    answered(await user.get(westRegistry), westRegistry);
    await user.run(["daemon", "--once", "--verbose"]);
    assert.deepEqual(await hosts(user), [`configured ${registry}`, `configured ${westRegistry}`]);
    const others = aliceKeeps("444455556666").concat('  - { account: "111122223333", identity: alice }\n');
    user.write(configPath, others);
    await user.run(["daemon", "--once", "--verbose"]);
    // A build asked for the one in the west; the daemon alone wrote the other.
    assert.deepEqual(await hosts(user), [`configured ${otherRegistry}`, `learnt ${westRegistry}`]);
    answered(await user.get(registry), registry);
    assert.deepEqual((await hosts(user)).slice(1), [`learnt ${registry}`, `learnt ${westRegistry}`]);
  });

  it("refreshes a token for several lifetimes while gets make no call", async () => {
    const user = userWith(aliceKeeps("111122223333"));
    const daemon = user.start(["daemon"]);
    await eventually("the first token", () => hasToken(user, registry));
    const gets = new Set<string>();
    for (let life = 0; life < 4; life++) {
      gets.add(answered(await user.get(registry), registry));
      passTime(user, 6 * hour);
      await passNow(user, daemon);
      gets.add(answered(await user.get(registry), registry));
    }
    assert.equal(gets.size, 5);
    assert.equal(standing.count("GetAuthorizationToken"), 5);
    assert.equal(heartbeat(user).pid, daemon.pid);
    const before = performance.now();
    daemon.kill("SIGTERM");
    const { exitCode, stdout } = await daemon.ended;
    assert.ok(performance.now() - before < 4_500);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^\S+Z info renewed the token of alice \(profile alice\) in us-east-1/m);
    assert.equal(heartbeat(user).pid, undefined);
  });

  it("is the only one of its user, and ends in time even if AWS hangs", async () => {
    const user = userWith(aliceKeeps("111122223333"));
    standing.aws.controls.hang("GetAuthorizationToken");
    const daemon = user.start(["daemon"]);
    await eventually("a call", () => standing.calls() > 0);
    const second = await user.run(["daemon"]);
    assert.equal(second.exitCode, 1);
    assert.match(second.stderr, /runs already.*\[DAEMON_RUNNING\]\n$/);
    assert.equal((await user.run(["daemon", "--if-not-running"])).exitCode, 0);
    const before = performance.now();
    daemon.kill("SIGTERM");
    const { stdout, exitCode } = await daemon.ended;
    assert.ok(performance.now() - before < 4_500);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^\S+Z info started/);
  });

  it("reloads config.yaml on SIGHUP, and keeps the last valid one if it is invalid", async () => {
    const user = userWith(aliceKeeps("111122223333"));
    const daemon = user.start(["daemon"]);
    await eventually("the first token", () => hasToken(user, registry));
    user.write(configPath, "version: 1\nidentites: {}\n");
    await passNow(user, daemon);
    await eventually("a pass that met it", () => heartbeat(user).configError?.endsWith("[CONFIG_INVALID]"));
    answered(await user.get(registry), registry);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
    user.write(configPath, aliceKeeps("111122223333", "us-east-1, us-west-2"));
    daemon.kill("SIGHUP");
    await eventually("the new registry", () => hasToken(user, westRegistry));
    assert.ok(!hasToken(user, otherRegistry));
    assert.equal(standing.count("GetAuthorizationToken"), 2);
    daemon.kill("SIGTERM");
    const { stdout } = await daemon.ended;
    assert.equal(stdout.match(/error .*CONFIG_INVALID/g)?.length, 1);
  });
});
