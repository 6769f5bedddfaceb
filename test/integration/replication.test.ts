import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { eventually } from "../support/eventually.ts";
import {
  abroadTarget,
  askers,
  follower,
  following,
  hasToken,
  source,
  westTarget,
} from "../support/program/replicating.ts";
import { member, useStanding } from "../support/program/standing.ts";
import { hour, logOf, minute, passTime } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

const one = "111122223333";
const two = "444455556666";

describe("replication", () => {
  const standing = useStanding();
  const follow = (config?: string) => follower(standing, config);
  const rulesFile = (user: User) => `${user.state}/replication.json`;
  const setRules = (...destinations: [account: string, region: string][]) =>
    standing.aws.controls.setReplication(one, "us-east-1", [
      { destinations: destinations.map(([registryId, region]) => ({ registryId, region })) },
    ]);
  const deny = (right: object) => standing.aws.controls.putUser({ ...member("alice"), rights: right });
  const statusOf = async (user: User) => JSON.parse((await user.run(["status", "--json"])).stdout);

  /** One pass, without a failure. */
  async function once(user: User): Promise<string> {
    const { stdout, stderr, exitCode } = await user.run(["daemon", "--once", "--verbose"]);
    assert.deepEqual({ stderr, exitCode }, { stderr: "", exitCode: 0 });
    return stdout;
  }

  it("is followed: all targets are refreshed with their own identities, so that a get makes no call", async () => {
    const user = follow();
    assert.equal(await once(user), "3 registries managed, 3 tokens renewed, 0 failed\n");
    assert.deepEqual(askers(standing).sort(), [
      "assumed-role/ecr-pull in eu-west-1",
      "user/alice in us-east-1",
      "user/alice in us-west-2",
    ]);
    assert.equal(standing.count("DescribeRegistry"), 1);
    assert.equal(statSync(rulesFile(user)).mode & 0o777, 0o600);
    standing.aws.controls.reset();
    for (const host of [source, westTarget, abroadTarget]) answered(await user.get(host), host);
    assert.equal(await once(user), "3 registries managed, 0 tokens renewed, 0 failed\n");
    assert.equal(standing.calls(), 0);
  });

  it("is shown in status and registries", async () => {
    const user = follow();
    await once(user);
    const { stdout, exitCode } = await user.run(["status"]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^444455556666\S+ +pull \(role \S+\) +11h 59m/m);
    const line = `replication of ${source}: 2 targets, rules read \\ds ago by alice \\(profile alice\\)\n$`;
    assert.match(stdout, new RegExp(line));
    const { replication } = await statusOf(user);
    const [{ readAt, ...rest }] = replication;
    assert.ok(Math.abs(Date.now() - Date.parse(readAt)) < minute);
    assert.deepEqual(rest, {
      source,
      identity: "alice (profile alice)",
      targets: [westTarget, abroadTarget],
      problems: [],
    });
    const kept = (await user.run(["registries"])).stdout;
    assert.match(kept, new RegExp(`^${abroadTarget} +replication of ${source} +pull`, "m"));
    const { registries } = JSON.parse((await user.run(["registries", "--json"])).stdout);
    const [, west] = registries;
    assert.deepEqual([west.registry, west.origin, west.source], [westTarget, "replication", source]);
  });

  it("that changes is followed within an hour, and the file is changed only then", async () => {
    const user = follow();
    await once(user);
    const stamp = () => statSync(rulesFile(user), { bigint: true }).ctimeNs;
    const first = stamp();
    passTime(user, 61 * minute);
    assert.match(await once(user), /^3 registries managed/);
    assert.equal(standing.count("DescribeRegistry"), 2);
    assert.equal(stamp(), first);
    setRules([one, "us-west-2"], [two, "us-west-2"]);
    await once(user);
    assert.equal(standing.count("DescribeRegistry"), 2);
    passTime(user, 61 * minute);
    assert.match(await once(user), /^3 registries managed/);
    assert.notEqual(stamp(), first);
    const hosts = (await statusOf(user)).registries.map(({ registry }: { registry: string }) => registry);
    // A target that no rule names any more is not kept as if a build had asked for it.
    assert.deepEqual(hosts, [source, westTarget, `${two}.dkr.ecr.us-west-2.amazonaws.com`]);
  });

  it("is followed by a running daemon, after a change on SIGHUP; a refusing registry does not affect others", async () => {
    setRules([one, "us-west-2"]);
    const user = follow();
    const daemon = user.start(["daemon"]);
    await eventually("the target", () => hasToken(user, westTarget));
    assert.ok(!hasToken(user, abroadTarget));
    setRules([one, "us-west-2"], [two, "eu-west-1"], ["777788889999", "eu-west-1"]);
    daemon.kill("SIGHUP");
    await eventually("the new target", () => hasToken(user, abroadTarget));
    await eventually("all of the status", async () => (await statusOf(user)).registries.length === 4);
    const { exitCode, stdout } = await user.run(["status"]);
    assert.equal(exitCode, 1);
    assert.match(
      stdout,
      /^777788889999\S+ +pull \(role \S+\) +none .*alice lacks sts:AssumeRole.*\[ROLE_DENIED\]$/m,
    );
    standing.aws.controls.reset();
    for (const host of [source, westTarget, abroadTarget]) answered(await user.get(host), host);
    assert.equal(standing.calls(), 0);
    daemon.kill("SIGTERM");
    assert.match((await daemon.ended).stdout, /info the replication rules have changed\n/);
  });

  it("with unreadable rules keeps the known targets", async () => {
    const user = follow();
    await once(user);
    deny({ describeRegistry: false });
    try {
      passTime(user, 61 * minute);
      const { stdout, stderr, exitCode } = await user.run(["daemon", "--once", "--verbose"]);
      assert.equal(exitCode, 1);
      assert.match(
        stderr,
        /^docker-credential-ecr: the replication rules of \S+ can't be read \(identity: profile alice, \S+config\.yaml:\d+\): .*lacks ecr:DescribeRegistry\. Fix: allow ecr:DescribeRegistry .*\[ACCESS_DENIED\]\n$/,
      );
      assert.match(stdout, /^3 registries managed, \d tokens? renewed, 1 failed\n$/);
      // While it waits for the next attempt it is a failure still, and asks nobody.
      const calls = standing.calls();
      assert.equal((await user.run(["daemon", "--once", "--verbose"])).exitCode, 1);
      assert.equal(standing.calls(), calls);
      const status = await user.run(["status"]);
      assert.equal(status.exitCode, 0);
      assert.match(
        status.stdout,
        /2 targets, rules read 1h 1m ago by alice .*; last error: .*\[ACCESS_DENIED\]\n$/,
      );
    } finally {
      deny(member("alice").rights ?? {});
    }
    passTime(user, hour);
    assert.match(await once(user), /^3 registries managed/);
    assert.equal((await statusOf(user)).replication[0].lastError, undefined);
  });

  it("is not read with an identity of another account, which would return its own rules", async () => {
    standing.aws.controls.setReplication(two, "us-east-1", [
      { destinations: [{ registryId: two, region: "us-west-2" }] },
    ]);
    const user = follow(following("", "bob"));
    const { stderr, exitCode } = await user.run(["daemon", "--once", "--verbose"]);
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /\(identity: profile bob, \S+config\.yaml:\d+\): .*to account 444455556666, .*account 111122223333.*\[REPLICATION_ACCOUNT\]\n$/,
    );
    const { registries, replication } = await statusOf(user);
    assert.deepEqual([registries.length, replication[0].targets], [1, []]);
    assert.match((await user.run(["status"])).stdout, /0 targets, rules never read by bob .*; last error: /);
  });

  it("to a region of another partition is reported, and the rest continues", async () => {
    setRules([one, "us-west-2"], [one, "cn-north-1"], [one, "nowhere"]);
    const user = follow();
    const stdout = await once(user);
    assert.equal(stdout.match(/\[REPLICATION_TARGET\]$/gm)?.length, 2);
    assert.match(stdout, /2 registries managed, 2 tokens renewed, 0 failed\n$/);
    const status = await user.run(["status"]);
    assert.equal(status.exitCode, 0);
    assert.match(
      status.stdout,
      /^\S+ replicates to account 111122223333 in cn-north-1, which this version does not know as a region of partition aws.*\[REPLICATION_TARGET\]$/m,
    );
    assert.equal((await statusOf(user)).replication[0].problems.length, 2);
  });

  it("determines the identity of a target's cold get, with and without a daemon", async () => {
    const user = follow();
    await once(user);
    const kept = answered(await user.get(abroadTarget), abroadTarget);
    standing.aws.controls.reset();
    // Docker's logout forgets the token.
    await user.erase(abroadTarget);
    assert.notEqual(answered(await user.get(abroadTarget), abroadTarget), kept);
    const fips = abroadTarget.replace("dkr.ecr", "dkr.ecr-fips");
    answered(await user.get(fips), fips);
    assert.deepEqual(askers(standing), ["assumed-role/ecr-pull in eu-west-1"]);
    const daemon = user.start(["daemon"]);
    await eventually("the heartbeat", async () => (await statusOf(user)).daemon.running);
    await user.erase(abroadTarget);
    answered(await user.get(abroadTarget), abroadTarget);
    assert.ok(askers(standing).every((asker) => asker === "assumed-role/ecr-pull in eu-west-1"));
    daemon.kill("SIGTERM");
    await daemon.ended;
  });

  it("yields to an entry for the target", async () => {
    const named = `  - { account: "${two}", identity: bob }\n`;
    const user = follow(following(named));
    await once(user);
    assert.ok(askers(standing).includes("user/bob in eu-west-1"));
    assert.match((await user.run(["registries"])).stdout, /^444455556666\S+ +replication of \S+ +bob/m);
    await user.erase(abroadTarget);
    standing.aws.controls.reset();
    answered(await user.get(abroadTarget), abroadTarget);
    assert.deepEqual(askers(standing), ["user/bob in eu-west-1"]);
  });

  it("that is no longer followed leaves nothing behind", async () => {
    const user = follow();
    await once(user);
    user.write(configPath, following().replace("follow: true", "follow: false"));
    assert.equal(await once(user), "1 registry managed, 0 tokens renewed, 0 failed\n");
    assert.ok(!existsSync(rulesFile(user)));
    const { registries, replication } = await statusOf(user);
    assert.deepEqual([registries.length, replication], [1, []]);
    // Nobody says any more who reads the target: the machine's own role does.
    answered(await user.get(abroadTarget), abroadTarget);
    assert.equal(askers(standing).at(-1), "assumed-role/ci in eu-west-1");
  });

  it("is retried at once after a change of the AWS files", async () => {
    const user = follow();
    user.writeAwsKeys({ alice: { ...member("alice"), accessKeyId: "TESTKEYNOBODY" } });
    assert.equal((await user.run(["daemon", "--once", "--verbose"])).exitCode, 1);
    const calls = standing.count("DescribeRegistry");
    assert.equal((await user.run(["daemon", "--once", "--verbose"])).exitCode, 1);
    assert.equal(standing.count("DescribeRegistry"), calls);
    user.writeAwsKeys({ alice: member("alice") });
    assert.match(await once(user), /^3 registries managed, 3 tokens renewed/);
  });

  it("is discarded if the config changes meanwhile", async () => {
    standing.aws.controls.latency("DescribeRegistry", 600);
    const user = follow();
    const daemon = user.start(["daemon"]);
    await eventually("a call", () => standing.count("DescribeRegistry") === 1);
    user.write(configPath, following().replace("follow: true", "follow: false"));
    await eventually("the end of the pass", () => {
      const path = `${user.state}/refresher.json`;
      return existsSync(path) && JSON.parse(readFileSync(path, "utf8")).pid === daemon.pid;
    });
    assert.ok(!existsSync(rulesFile(user)));
    assert.deepEqual((await statusOf(user)).registries.length, 1);
    daemon.kill("SIGTERM");
    await daemon.ended;
  });

  it("is not read before its time with --splay, except on request", async () => {
    const user = follow();
    const daemon = user.start(["daemon", "--splay", "10h"]);
    await eventually("the heartbeat", async () => (await statusOf(user)).daemon.running);
    assert.equal(standing.calls(), 0);
    daemon.kill("SIGHUP");
    await eventually("a call", () => standing.count("DescribeRegistry") === 1);
    daemon.kill("SIGTERM");
    await daemon.ended;
  });

  it("survives a damaged rules file: it is reported, ignored and read again", async () => {
    const user = follow();
    await once(user);
    writeFileSync(rulesFile(user), '{"format":1,"sources":{"x":1}}');
    assert.match(await once(user), /^3 registries managed, 0 tokens renewed/);
    assert.match(logOf(user), /STATE_FILE \S+replication\.json was ignored/);
    assert.equal(standing.count("DescribeRegistry"), 2);
    assert.match(readFileSync(rulesFile(user), "utf8"), /eu-west-1/);
  });

  it("that hangs delays no token, and no rules of other registries", async () => {
    standing.aws.controls.hang("DescribeRegistry", { region: "us-east-1" });
    standing.aws.controls.setReplication(one, "eu-central-1", [
      { destinations: [{ registryId: one, region: "eu-west-1" }] },
    ]);
    const user = follow(following().replace("[us-east-1]", "[us-east-1, eu-central-1]"));
    const daemon = user.start(["daemon"]);
    await eventually("the tokens", () => hasToken(user, source));
    await eventually("a call", () => standing.count("DescribeRegistry") === 2);
    const before = performance.now();
    daemon.kill("SIGTERM");
    await daemon.ended;
    assert.ok(performance.now() - before < 4_500);
  });
});
