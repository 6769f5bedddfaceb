import assert from "node:assert/strict";
import { readFileSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  ciRole,
  keys,
  member,
  otherRegistry,
  pullRole,
  registry,
  useStanding,
} from "../support/program/standing.ts";
import { configPath, ini, type User, type Variables } from "../support/program/user.ts";
import { answered, told } from "../support/program/verdicts.ts";

describe("a change of identity", () => {
  const standing = useStanding();

  /** Who asked for the newest token; undefined: nobody has since the last look. */
  function newestPrincipal(): string | undefined {
    const call = standing.aws.controls
      .log()
      .findLast(({ operation }) => operation === "GetAuthorizationToken");
    standing.aws.controls.reset();
    return /(?:user|assumed-role)\/[\w-]+/.exec(call?.principal ?? "")?.[0];
  }

  async function get(user: User, env: Variables = {}, host = registry): Promise<string> {
    return answered(await user.get(host, { env }), host);
  }

  /** Somebody with profiles alice, bob, role (alice assumes ci) and pull (alice assumes ecr-pull). */
  function userWithProfiles(): User {
    const user = standing.user();
    user.writeAwsKeys({ alice: member("alice"), bob: member("bob") });
    user.writeAwsConfig({
      "profile role": { role_arn: ciRole, source_profile: "alice" },
      "profile pull": { role_arn: pullRole, source_profile: "alice" },
    });
    return user;
  }

  /** Asks by turns under two identities: each has its own token, and going back costs nothing. */
  async function isAnother(user: User, one: Variables, other: Variables, principals: [string, string]) {
    const first = await get(user, one);
    assert.equal(newestPrincipal(), principals[0]);
    const second = await get(user, other);
    assert.equal(newestPrincipal(), principals[1]);
    assert.notEqual(second, first);
    for (const [env, secret] of [
      [one, first],
      [other, second],
      [other, second],
      [one, first],
    ] as const) {
      assert.equal(await get(user, env), secret);
    }
    assert.equal(newestPrincipal(), undefined, "no call on the way back");
    assert.equal(standing.calls(), 0);
  }

  it("AWS_PROFILE", () =>
    isAnother(userWithProfiles(), { AWS_PROFILE: "alice" }, { AWS_PROFILE: "bob" }, [
      "user/alice",
      "user/bob",
    ]));

  it("AWS_PROFILE, from role to role", () =>
    isAnother(userWithProfiles(), { AWS_PROFILE: "role" }, { AWS_PROFILE: "pull" }, [
      "assumed-role/ci",
      "assumed-role/ecr-pull",
    ]));

  it("the keys in the environment", () =>
    isAnother(standing.user(), keys("alice"), keys("bob"), ["user/alice", "user/bob"]));

  it("keys instead of a profile", () =>
    isAnother(userWithProfiles(), { AWS_PROFILE: "alice" }, keys("bob"), ["user/alice", "user/bob"]));

  it("AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE", async () => {
    const user = standing.user({ AWS_PROFILE: "me" });
    const files = (who: "alice" | "bob", role: string) => ({
      AWS_CONFIG_FILE: user.write(
        `${who}.config`,
        ini({ "profile me": { role_arn: role, source_profile: "keys" } }),
      ),
      AWS_SHARED_CREDENTIALS_FILE: user.write(
        `${who}.credentials`,
        ini({
          keys: {
            aws_access_key_id: member(who).accessKeyId,
            aws_secret_access_key: member(who).secretAccessKey,
          },
        }),
      ),
    });
    const alice = files("alice", ciRole);
    const other = { ...alice, AWS_CONFIG_FILE: files("bob", pullRole).AWS_CONFIG_FILE };
    await isAnother(user, alice, other, ["assumed-role/ci", "assumed-role/ecr-pull"]);
  });

  it("HOME", async () => {
    const [one, other] = [userWithProfiles(), standing.user()];
    other.writeAwsKeys({ alice: member("bob") });
    // One state folder for both.
    const common = { AWS_PROFILE: "alice", XDG_STATE_HOME: join(one.home, "state") };
    await isAnother(one, common, { ...common, HOME: other.home }, ["user/alice", "user/bob"]);
  });

  it("the session token, with the same access key", async () => {
    const user = standing.user(keys("alice"));
    const secret = await get(user);
    const ran = await user.get(registry, { env: { AWS_SESSION_TOKEN: "another-test-session-token" } });
    told(ran, "KEYS_UNKNOWN", registry);
    assert.equal(await get(user), secret);
  });

  it("the secret key: a wrong one does not return the token of the right one", async () => {
    const user = standing.user(keys("alice"));
    const secret = await get(user);
    told(await user.get(registry, { env: { AWS_SECRET_ACCESS_KEY: "wrong" } }), "KEYS_WRONG", registry);
    assert.equal(await get(user), secret);
  });

  it("removed credentials", async () => {
    const user = standing.user({ AWS_EC2_METADATA_DISABLED: "true" });
    const secret = await get(user, keys("alice"));
    told(await user.get(registry), "NO_CREDENTIALS", registry);
    assert.equal(await get(user, keys("alice")), secret);
  });

  for (const [what, keep] of [
    ["", false],
    [", of the same size, with the modification time restored", true],
  ] as const) {
    it(`an edited credentials file${what}`, async () => {
      const user = standing.user({ AWS_PROFILE: "me" });
      // Of one length, as access keys are.
      const [alice, bob] = [{ ...member("alice") }, { ...member("bob"), accessKeyId: "TESTKEYBOB02" }];
      bob.secretAccessKey = "test-secret-of-bob02";
      standing.aws.controls.putUser(bob);
      const path = user.writeAwsKeys({ me: alice });
      const { mtime, atime, size } = statSync(path);
      const first = await get(user);
      assert.equal(newestPrincipal(), "user/alice");

      user.writeAwsKeys({ me: bob });
      if (keep) utimesSync(path, atime, mtime);
      assert.equal(statSync(path).size, size);
      const second = await get(user);
      assert.equal(newestPrincipal(), "user/bob");
      assert.notEqual(second, first);

      user.writeAwsKeys({ me: alice });
      assert.equal(await get(user), first);
      assert.equal(standing.calls(), 0);
    });
  }

  it("a credentials file that was replaced by a rename", async () => {
    const user = standing.user({ AWS_PROFILE: "me" });
    user.writeAwsKeys({ me: member("alice") });
    const other = user.write("other", readFileSync(user.writeAwsKeys({ me: member("bob") }), "utf8"));
    const path = user.writeAwsKeys({ me: member("alice") });
    await get(user);
    assert.equal(newestPrincipal(), "user/alice");
    renameSync(other, path);
    await get(user);
    assert.equal(newestPrincipal(), "user/bob");
  });

  it("an edited role_arn, and an edited source profile", async () => {
    const user = userWithProfiles();
    user.env.AWS_PROFILE = "role";
    const first = await get(user);
    assert.equal(newestPrincipal(), "assumed-role/ci");
    user.writeAwsConfig({ "profile role": { role_arn: pullRole, source_profile: "alice" } });
    assert.notEqual(await get(user), first);
    assert.equal(newestPrincipal(), "assumed-role/ecr-pull");
    user.writeAwsKeys({ alice: member("mallory") });
    told(await user.get(registry), "ROLE_DENIED", "user/mallory", pullRole);
    standing.aws.controls.reset();
    user.writeAwsKeys({ alice: member("alice") });
    user.writeAwsConfig({ "profile role": { role_arn: ciRole, source_profile: "alice" } });
    assert.equal(await get(user), first);
    assert.equal(standing.calls(), 0);
  });

  it("requests the token of another region with the current identity", async () => {
    const user = userWithProfiles();
    const west = registry.replace("us-east-1", "us-west-2");
    await get(user, { AWS_PROFILE: "alice" });
    await get(user, { AWS_PROFILE: "bob" }, west);
    assert.equal(newestPrincipal(), "user/bob");
  });
});

describe("other changes need no call", () => {
  const standing = useStanding();

  const changes: Readonly<Record<string, (user: User) => void>> = {
    "another profile in the same files": (user) => {
      user.writeAwsKeys({ bob: member("bob"), alice: member("alice") });
      user.writeAwsConfig({
        "profile role": { role_arn: ciRole, source_profile: "alice" },
        "profile other": { role_arn: pullRole, source_profile: "bob" },
      });
    },
    "comments, blank lines and the order of lines": (user) => {
      const text = `# a comment\n\n[profile role]\nsource_profile=alice\n\n; more\nrole_arn = ${ciRole}\n`;
      user.write(".aws/config", text);
    },
    "a file that was written again with the same content": (user) => {
      const path = join(user.home, ".aws/config");
      writeFileSync(path, readFileSync(path));
    },
    "a config.yaml that appears": (user) => {
      user.write(configPath, "version: 1\n");
    },
    "unrelated variables": ({ env }) => {
      Object.assign(env, {
        AWS_REGION: "eu-west-1",
        AWS_DEFAULT_REGION: "eu-west-1",
        LANG: "C",
        TERM: "dumb",
      });
    },
  };

  for (const [what, change] of Object.entries(changes)) {
    it(what, async () => {
      const user = standing.user({ AWS_PROFILE: "role" });
      user.writeAwsKeys({ alice: member("alice") });
      user.writeAwsConfig({ "profile role": { role_arn: ciRole, source_profile: "alice" } });
      const secret = answered(await user.get(registry), registry);
      standing.aws.controls.reset();
      standing.aws.controls.refuse("*");
      change(user);
      for (const host of [registry, otherRegistry, registry]) {
        assert.equal(answered(await user.get(host), host), secret);
      }
      assert.equal(standing.calls(), 0);
    });
  }
});
