import assert from "node:assert/strict";
import { existsSync, linkSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OpenWatch } from "../support/program/open-watch.ts";
import { ciRole, keys, member, otherRegistry, registry, useStanding } from "../support/program/standing.ts";
import { snapshot, tokenFile } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

const itOnLinux = process.platform === "linux" ? it : it.skip;

describe("a warm get", () => {
  const standing = useStanding();

  /** Somebody with a token, for whom from now on nothing of AWS's can be reached. */
  async function warmed(user: User): Promise<{ user: User; secret: string }> {
    const secret = answered(await user.get(registry), registry);
    standing.aws.controls.reset();
    standing.aws.controls.refuse("*");
    return { user, secret };
  }

  /** ~/.aws files by which AWS_PROFILE=role assumes a role with alice's keys. */
  function roleUser(): User {
    const user = standing.user({ AWS_PROFILE: "role" });
    user.writeAwsConfig({ "profile role": { role_arn: ciRole, source_profile: "alice" } });
    user.writeAwsKeys({ alice: member("alice") });
    return user;
  }

  it("makes no call, with static keys", async () => {
    const { user, secret } = await warmed(standing.user(keys("alice")));
    for (const _ of [1, 2, 3]) assert.equal(answered(await user.get(registry), registry), secret);
    assert.equal(standing.calls(), 0);
  });

  it("makes no call, with a role_arn profile", async () => {
    const { user, secret } = await warmed(roleUser());
    for (const _ of [1, 2, 3]) assert.equal(answered(await user.get(registry), registry), secret);
    assert.equal(standing.calls(), 0);
  });

  it("resolves no credentials: a credential_process is not run again", async () => {
    const alice = member("alice");
    const printed = { Version: 1, AccessKeyId: alice.accessKeyId, SecretAccessKey: alice.secretAccessKey };
    const user = standing.user({ AWS_PROFILE: "process" });
    const script = user.write("process.sh", `echo run >>"$HOME/runs"; echo '${JSON.stringify(printed)}'\n`);
    user.writeAwsConfig({ "profile process": { credential_process: `sh ${script}` } });
    const { secret } = await warmed(user);
    assert.equal(answered(await user.get(registry), registry), secret);
    assert.equal(readFileSync(join(user.home, "runs"), "utf8"), "run\n");
  });

  it("writes nothing", async () => {
    const { user } = await warmed(roleUser());
    const before = snapshot(user.home);
    answered(await user.get(registry), registry);
    answered(await user.get(`https://${registry}/`), `https://${registry}/`);
    assert.deepEqual(snapshot(user.home), before);
  });

  itOnLinux("opens its token file and no other, whatever else is kept", async () => {
    const { user, secret } = await warmed(roleUser());
    user.write(configPath, "version: 1\n");
    // An edit of the config: the answer is the same, and known to be so from the second get on.
    assert.equal(answered(await user.get(registry), registry), secret);
    for (let number = 0; number < 10_000; number++) {
      const host = registry.replace(/^\d+/, String(500_000_000_000 + number));
      linkSync(tokenFile(user, registry), tokenFile(user, host));
    }
    const parts = ["", "tokens", "authorizations", "locks"].map((name) => join(user.state, name));
    const others = [".aws", ".config/docker-credential-ecr"].map((name) => join(user.home, name));
    const watch = new OpenWatch([...parts, ...others]);
    const again = answered(await user.get(registry), registry);
    assert.deepEqual(watch.end(), [tokenFile(user, registry)]);
    assert.equal(again, secret);
    assert.equal(standing.calls(), 0);
  });

  it("returns the token of each of many registries", async () => {
    const alice = standing.user(keys("alice"));
    const hosts = ["us-east-1", "us-west-2", "eu-west-1"].map((region) =>
      registry.replace("us-east-1", region),
    );
    const secrets = await Promise.all(hosts.map(async (host) => answered(await alice.get(host), host)));
    assert.equal(new Set(secrets).size, 3);
    const again = await Promise.all(hosts.map(async (host) => answered(await alice.get(host), host)));
    assert.deepEqual(again, secrets);
    assert.equal(standing.count("GetAuthorizationToken"), 3);
  });

  it("applies to requested registries: another one in the same region needs no call", async () => {
    const { user, secret } = await warmed(standing.user(keys("alice")));
    assert.equal(existsSync(tokenFile(user, otherRegistry)), false);
    assert.equal(answered(await user.get(otherRegistry), otherRegistry), secret);
    assert.ok(existsSync(tokenFile(user, otherRegistry)));
    assert.equal(standing.calls(), 0);
  });
});
