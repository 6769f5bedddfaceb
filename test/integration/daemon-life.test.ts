import assert from "node:assert/strict";
import { existsSync, statSync, utimesSync } from "node:fs";
import { eventually } from "../support/eventually.ts";
import { aliceKeeps, endDaemon, heartbeat, keeper, passNow } from "../support/program/keeping.ts";
import { keys, member, registry, useStanding } from "../support/program/standing.ts";
import { authorizationFiles, hour, passTime, second, tokenFile } from "../support/program/state.ts";
import { configPath } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

const day = 24 * hour;

describe("the tokens of a daemon", () => {
  const standing = useStanding();

  const count = () => standing.count("GetAuthorizationToken");

  it("--splay spreads the first calls", async function () {
    this.timeout(120_000);
    const regions = ["us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2"];
    const user = keeper(standing, aliceKeeps("111122223333", regions.join(", ")));
    const daemon = user.start(["daemon", "--splay", "4s"]);
    const began = Date.now();
    await eventually("all tokens", () => authorizationFiles(user).length === regions.length);
    await endDaemon(daemon);
    const calls = standing.aws.controls
      .log()
      .filter(({ operation }) => operation === "GetAuthorizationToken");
    const times = calls.map(({ at }) => at - began);
    const all = calls.map(
      ({ region, outcome, at }) => `${region} ${outcome ?? "under way"} ${at - began} ms`,
    );
    assert.equal(times.length, regions.length, all.join("; "));
    // Six that are drawn from 4 s lie within half a second once in 6,000 times.
    assert.ok(Math.max(...times) - Math.min(...times) > 500, `${times}`);
    assert.ok(Math.max(...times) < 10_000, `${times}`);
  });

  it("ends on SIGINT and SIGTERM", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    const daemon = user.start(["daemon"]);
    await passNow(user, daemon);
    assert.equal((await endDaemon(daemon, "SIGINT")).at(-1), "info ended");
    assert.equal(heartbeat(user).pid, undefined);
  });

  it("forgets a registry that was not requested for a week, even if it was refreshed", async () => {
    const user = keeper(standing);
    user.writeAwsKeys({ default: member("alice") });
    answered(await user.get(registry), registry);
    const longAgo = (Date.now() - 6.9 * day) / 1000;
    utimesSync(tokenFile(user, registry), longAgo, longAgo);
    passTime(user, 8 * hour);
    utimesSync(tokenFile(user, registry), longAgo, longAgo);
    assert.match(
      (await user.run(["daemon", "--once", "--verbose"])).stdout,
      /^1 registry managed, 1 token renewed/,
    );
    const tooLongAgo = longAgo - (0.2 * day) / 1000;
    utimesSync(tokenFile(user, registry), tooLongAgo, tooLongAgo);
    passTime(user, 8 * hour);
    utimesSync(tokenFile(user, registry), tooLongAgo, tooLongAgo);
    assert.match(
      (await user.run(["daemon", "--once", "--verbose"])).stdout,
      /^0 registries managed, 0 tokens renewed/,
    );
    const { stdout, stderr } = await user.run(["registries"]);
    assert.equal(stdout, "");
    assert.match(stderr, /No registry is managed yet: .* run: docker-credential-ecr configure-docker\n$/);
    assert.equal(count(), 2);
  });

  it("a refresh does not count as a request", async () => {
    const user = keeper(standing);
    user.writeAwsKeys({ default: member("alice") });
    answered(await user.get(registry), registry);
    const longAgo = (Date.now() - 6.9 * day) / 1000;
    passTime(user, 8 * hour);
    utimesSync(tokenFile(user, registry), longAgo, longAgo);
    await user.run(["daemon", "--once", "--verbose"]);
    const { mtimeMs } = statSync(tokenFile(user, registry));
    assert.ok(Math.abs(mtimeMs - longAgo * 1000) < second);
  });

  it("refreshes registries under an alias", async () => {
    const alias = "images.example.com";
    const user = keeper(standing, `${aliceKeeps("111122223333")}aliases:\n  ${alias}: ${registry}\n`);
    const first = answered(await user.get(alias), alias);
    passTime(user, 8 * hour);
    assert.match(
      (await user.run(["daemon", "--once", "--verbose"])).stdout,
      /^2 registries managed, 1 token renewed, 0 failed/,
    );
    const calls = standing.calls();
    const second = answered(await user.get(alias), alias);
    assert.notEqual(second, first);
    assert.equal(answered(await user.get(registry), registry), second);
    assert.equal(standing.calls(), calls);
  });

  it("is separate for each user", async () => {
    const [one, other] = [
      keeper(standing, aliceKeeps("111122223333")),
      keeper(standing, aliceKeeps("111122223333")),
    ];
    const daemons = [one.start(["daemon"]), other.start(["daemon"])] as const;
    await passNow(one, daemons[0]);
    await passNow(other, daemons[1]);
    const [first, second] = [await one.get(registry), await other.get(registry)];
    assert.notEqual(answered(first, registry), answered(second, registry));
    assert.equal(count(), 2);
    for (const daemon of daemons) await endDaemon(daemon);
  });

  it("does not restore a token that docker logout removed during the refresh", async () => {
    const user = keeper(standing);
    user.writeAwsKeys({ default: member("alice") });
    answered(await user.get(registry), registry);
    passTime(user, 8 * hour);
    standing.aws.controls.latency("GetAuthorizationToken", 600);
    const daemon = user.start(["daemon"]);
    await eventually("the renewal", () => count() === 2);
    await user.erase(registry);
    await passNow(user, daemon);
    await passNow(user, daemon);
    assert.deepEqual([existsSync(tokenFile(user, registry)), authorizationFiles(user)], [false, []]);
    assert.equal(count(), 2);
    const told = await endDaemon(daemon);
    assert.ok(!told.some((line) => line.includes("renewed")), told.join("\n"));
  });

  it("of the ambient identity is requested once for each environment", async () => {
    const config = `version: 1\nregistries:\n  - account: "111122223333"\n    regions: [us-east-1]\n`;
    const user = keeper(standing, config);
    user.writeAwsKeys({ default: member("alice"), bob: member("bob") });
    const tokens = new Set<string>();
    for (let round = 0; round < 3; round++) {
      await user.run(["daemon", "--once", "--verbose"]);
      tokens.add(`alice ${answered(await user.get(registry), registry)}`);
      tokens.add(`bob ${answered(await user.get(registry, { env: { AWS_PROFILE: "bob" } }), registry)}`);
      tokens.add(`keys ${answered(await user.get(registry, { env: keys("bob") }), registry)}`);
    }
    assert.equal(tokens.size, 3);
    assert.equal(count(), 3);
  });

  it("changes at the next pass if config.yaml names another identity", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    const daemon = user.start(["daemon"]);
    await passNow(user, daemon);
    user.write(configPath, aliceKeeps("111122223333").replace("profile: alice", "profile: bob"));
    await passNow(user, daemon);
    const asked = standing.aws.controls.log().map(({ principal = "" }) => principal.split("/")[1]);
    assert.deepEqual(asked, ["alice", "bob"]);
    await endDaemon(daemon);
  });
});
