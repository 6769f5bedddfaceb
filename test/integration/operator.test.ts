import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { keys, member, otherRegistry, registry, useStanding } from "../support/program/standing.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

describe("status, registries and refresh", () => {
  const standing = useStanding();

  function keeper(): User {
    const user = standing.user();
    user.writeAwsKeys({ alice: member("alice") });
    const entry = `  - account: "111122223333"\n    regions: [us-east-1]\n    identity: alice\n`;
    const config = `version: 1\nidentities:\n  alice: { profile: alice }\nregistries:\n${entry}`;
    user.write(configPath, `${config}  - host: ${registry}\n    identity: alice\n`);
    return user;
  }

  it("status exits 1 without a token and 0 with one, as text and JSON", async () => {
    const user = keeper();
    const before = await user.run(["status"]);
    assert.equal(before.exitCode, 1);
    assert.match(
      before.stdout,
      /^daemon: not running\nREGISTRY .*\n111122223333\S+ +alice \(profile alice\) +none +- +-\n$/,
    );
    await user.run(["daemon", "--once"]);
    const after = await user.run(["status"]);
    assert.equal(after.exitCode, 0);
    assert.match(after.stdout, /profile alice\) +11h 59m +- +-\n$/);
    const { daemon, registries } = JSON.parse((await user.run(["status", "--json"])).stdout);
    assert.equal(daemon.running, false);
    assert.equal(registries.length, 1);
    assert.ok(registries[0].isFresh && registries[0].secondsLeft > 43_000);
  });

  it("registries shows the managed registries with reasons, and overlapping entries", async () => {
    const user = keeper();
    answered(await user.get(otherRegistry, { env: keys("bob") }), otherRegistry);
    const { stdout, exitCode } = await user.run(["registries"]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /111122223333\S+ +configured, no token yet +alice/);
    assert.match(stdout, /444455556666\S+ +discovered, not renewed +keys in the environment/);
    assert.match(stdout, /line 8 of config.yaml is used, not line 5: it is more specific/);
    const { version, registries, overlaps, ...more } = JSON.parse(
      (await user.run(["registries", "--json"])).stdout,
    );
    assert.deepEqual([version, more], [1, {}]);
    const place = { account: "444455556666", region: "us-east-1" };
    const discovered = { registry: otherRegistry, ...place, origin: "learnt", unattended: true };
    assert.equal(registries.length, 2);
    assert.deepEqual(registries[1], { ...discovered, identity: registries[1].identity });
    assert.deepEqual(overlaps, [{ ...overlaps[0], winner: 8, loser: 5, why: "narrower" }]);
  });

  it("registries shows before the first get what Docker's config names, and no bare header", async () => {
    const user = standing.user();
    const empty = await user.run(["registries"]);
    assert.deepEqual([empty.exitCode, empty.stdout], [0, ""]);
    const status = await user.run(["status"]);
    assert.match(status.stdout, /^daemon: not running\nNo registry is managed yet: .*\n$/);
    assert.match(
      empty.stderr,
      /No registry is managed yet: .* run: docker-credential-ecr configure-docker\n$/,
    );
    user.writeAwsKeys({ default: member("alice") });
    const credHelpers = { [registry]: "ecr", [otherRegistry]: "other" };
    user.write(".docker/config.json", JSON.stringify({ credHelpers }));
    const listed = await user.run(["registries"]);
    assert.match(
      listed.stdout,
      /^REGISTRY .*\n111122223333\S+ +Docker's config, no token yet +the default AWS credential chain\n$/,
    );
    assert.equal(listed.stderr, "");
    answered(await user.get(registry), registry);
    assert.match((await user.run(["registries"])).stdout, /\n111122223333\S+ +discovered +the default/);
  });

  it("registries shows that there is no token yet of another identity", async () => {
    const user = keeper();
    answered(await user.get(registry), registry);
    assert.match((await user.run(["registries"])).stdout, /configured +alice \(profile alice\)/);
    const text = readFileSync(join(user.home, configPath), "utf8");
    user.write(configPath, text.replace("profile: alice", "profile: other"));
    assert.match(
      (await user.run(["registries"])).stdout,
      /configured, no token yet +alice \(profile other\)/,
    );
  });

  it("registries shows a registry whose first get failed", async () => {
    const user = standing.user();
    await user.get(registry, { env: { AWS_PROFILE: "missing" } });
    assert.match(
      (await user.run(["registries"])).stdout,
      /\n111122223333\S+ +failed get, no token yet +the /,
    );
  });

  it("refresh ensures the requested lifetime, and --force fetches a new token", async () => {
    const user = keeper();
    const count = () => standing.count("GetAuthorizationToken");
    assert.deepEqual((await user.run(["refresh"])).stdout, `${registry}: 11h 59m left\n`);
    assert.equal((await user.run(["refresh", registry, "--min-validity", "2h"])).exitCode, 0);
    assert.equal(count(), 1);
    const first = answered(await user.get(registry), registry);
    assert.equal((await user.run(["refresh", "--force"])).exitCode, 0);
    assert.notEqual(answered(await user.get(registry), registry), first);
    assert.equal(count(), 2);
  });

  it("refresh exits 1 if the lifetime can't be reached, and for an invalid registry", async () => {
    const user = keeper();
    const long = await user.run(["refresh", "--min-validity", "24h"]);
    assert.equal(long.exitCode, 1);
    assert.match(long.stderr, /\[LIFE_TOO_SHORT\]\n$/);
    standing.aws.controls.fail("GetAuthorizationToken", { status: 400, code: "AccessDeniedException" });
    assert.equal((await user.run(["refresh", "--force"])).exitCode, 1);
    assert.match((await user.run(["refresh", "example.com"])).stderr, /\[NOT_ECR\]\n$/);
    assert.match((await user.run(["refresh", "--min-validity", "soon"])).stderr, /\[USAGE\]\n$/);
  });
});
