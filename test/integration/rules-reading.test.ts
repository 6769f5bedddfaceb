import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { endDaemon, passNow } from "../support/program/keeping.ts";
import { abroadTarget, follower, following, hasToken, westTarget } from "../support/program/replicating.ts";
import { member, signIn, useStanding } from "../support/program/standing.ts";
import { configPath } from "../support/program/user.ts";

const one = "111122223333";

describe("reading replication rules", () => {
  const standing = useStanding();
  const readings = () => standing.count("DescribeRegistry");
  const setRules = (...destinations: [account: string, region: string][]) =>
    standing.aws.controls.setReplication(one, "us-east-1", [
      { destinations: destinations.map(([registryId, region]) => ({ registryId, region })) },
    ]);

  it("uses the last valid config while config.yaml is invalid, and not at each pass", async () => {
    setRules([one, "us-west-2"]);
    const user = follower(standing);
    const daemon = user.start(["daemon"]);
    await eventually("the target", () => hasToken(user, westTarget));
    user.write(configPath, "version: 1\nidentites: {}\n");
    setRules([one, "us-west-2"], ["444455556666", "eu-west-1"]);
    await passNow(user, daemon);
    await eventually("the new target", () => hasToken(user, abroadTarget));
    assert.equal(readings(), 2);
    await endDaemon(daemon);
  });

  it("is retried at once after a new SSO sign-in", async () => {
    const user = follower(standing, following().replace("profile: alice", "profile: sso"));
    user.writeAwsConfig({
      "profile sso": { sso_session: "company", sso_account_id: one, sso_role_name: "ci" },
      "sso-session company": { sso_region: "us-east-1", sso_start_url: "https://example.com/start" },
    });
    assert.match((await user.run(["daemon", "--once"])).stderr, /the replication rules of .*\[SSO_EXPIRED\]/);
    const before = readings();
    signIn(user, "company");
    await user.run(["daemon", "--once"]);
    assert.equal(readings(), before + 1);
  });

  it("is done at once with a new identity of the registry, without errors of the old one", async () => {
    const user = follower(standing);
    await user.run(["daemon", "--once"]);
    const report = async () => JSON.parse((await user.run(["status", "--json"])).stdout).replication[0];
    assert.ok((await report()).readAt);
    user.writeAwsKeys({ alice: member("mallory") });
    assert.equal((await report()).readAt, undefined);
    const { stderr } = await user.run(["daemon", "--once"]);
    assert.match(stderr, /the replication rules of .*user\/mallory lacks .*\[ACCESS_DENIED\]/);
    assert.equal((await report()).readAt, undefined);
    user.writeAwsKeys({ alice: member("alice") });
    await user.run(["daemon", "--once"]);
    assert.ok((await report()).readAt);
    assert.equal(readings(), 3);
  });

  it("is done at once by a refresh of all registries, which fails if they can't be read", async () => {
    setRules([one, "us-west-2"]);
    const user = follower(standing);
    await user.run(["daemon", "--once"]);
    setRules([one, "us-west-2"], ["444455556666", "eu-west-1"]);
    assert.equal((await user.run(["refresh"])).exitCode, 0);
    assert.ok(hasToken(user, abroadTarget));
    user.writeAwsKeys({ alice: member("mallory") });
    const denied = await user.run(["refresh"]);
    assert.match(denied.stderr, /the replication rules of .*user\/mallory lacks .*\[ACCESS_DENIED\]/);
    assert.equal(denied.exitCode, 1);
    const before = readings();
    await user.run(["refresh", westTarget]);
    assert.equal(readings(), before);
  });

  it("is not repeated after an edit that changes no identity, or after a restart", async () => {
    const user = follower(standing);
    await user.run(["daemon", "--once"]);
    user.write(configPath, `${following()}# as before\n`);
    user.writeAwsKeys({ alice: member("alice"), bob: member("bob") });
    await user.run(["daemon", "--once"]);
    assert.equal(readings(), 1);
  });
});
