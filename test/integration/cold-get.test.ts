import assert from "node:assert/strict";
import {
  ciRole,
  keys,
  member,
  otherRegistry,
  registry,
  useStanding,
  westRegistry,
} from "../support/program/standing.ts";
import { authorizationFiles, passTime, second } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered, told } from "../support/program/verdicts.ts";

const times = <Result>(count: number, make: (number: number) => Result): Result[] =>
  Array.from({ length: count }, (_, number) => make(number));

describe("concurrent cold gets", () => {
  const standing = useStanding();

  it("make one call together, and return the same token", async function () {
    // A hundred programs at once: seconds on a machine that has other things to do.
    this.timeout(120_000);
    const alice = standing.user(keys("alice"));
    standing.aws.controls.latency("GetAuthorizationToken", 200);
    const secrets = await Promise.all(times(100, async () => answered(await alice.get(registry), registry)));
    assert.equal(new Set(secrets).size, 1);
    assert.equal(standing.calls(), 1);
    assert.equal(answered(await alice.get(registry), registry), secrets[0]);
    assert.equal(standing.calls(), 1);
  });

  it("make one call for each identity and region, regardless of the registry", async () => {
    const user = standing.user();
    const hosts = [registry, otherRegistry, westRegistry];
    const principals = ["alice", "bob"];
    standing.aws.controls.latency("GetAuthorizationToken", 100);
    const asked = times(24, (number) => ({
      host: hosts[number % 3] ?? "",
      who: principals[number % 2] ?? "",
    }));
    const secrets = await Promise.all(
      asked.map(async ({ host, who }) => ({
        secret: answered(await user.get(host, { env: keys(who) }), host),
        key: `${who} ${host.split(".")[3]}`,
      })),
    );
    const expected = ["alice us-east-1", "alice us-west-2", "bob us-east-1", "bob us-west-2"];
    const calls = standing.aws.controls
      .log()
      .map(({ principal, region }) => `${principal?.split("/")[1]} ${region}`);
    assert.deepEqual(calls.sort(), expected);
    for (const key of expected) {
      assert.equal(
        new Set(secrets.filter((each) => each.key === key).map(({ secret }) => secret)).size,
        1,
        key,
      );
    }
    assert.equal(new Set(secrets.map(({ secret }) => secret)).size, 4);
    assert.equal(authorizationFiles(user).length, 4);
  });

  it("with a role assume it once", async () => {
    const user = standing.user({ AWS_PROFILE: "role" });
    user.writeAwsConfig({ "profile role": { role_arn: ciRole, source_profile: "alice" } });
    user.writeAwsKeys({ alice: member("alice") });
    standing.aws.controls.latency("AssumeRole", 100);
    await Promise.all(times(10, async () => answered(await user.get(registry), registry)));
    assert.equal(standing.count("AssumeRole"), 1);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
  });

  it("share one refusal of AWS", async () => {
    const mallory = standing.user(keys("mallory"));
    standing.aws.controls.latency("GetAuthorizationToken", 300);
    await Promise.all(times(12, async () => told(await mallory.get(registry), "ACCESS_DENIED", registry)));
    assert.equal(standing.calls(), 1);
  });

  it("after a refusal reuse it for 30 seconds, then fetch again", async () => {
    const alice = standing.user(keys("alice"));
    standing.aws.controls.fail("GetAuthorizationToken", { status: 400, code: "AccessDeniedException" });
    const refused = told(await alice.get(registry), "ACCESS_DENIED");
    standing.aws.controls.clear();
    assert.equal(told(await alice.get(registry), "ACCESS_DENIED"), refused);
    assert.equal(standing.calls(), 1);
    passTime(alice, 30 * second);
    answered(await alice.get(registry), registry);
  });

  const ends: [what: string, end: (alice: User) => Promise<unknown> | unknown][] = [
    ["refresh", (alice) => alice.run(["refresh", registry])],
    ["keys in the environment", (alice) => Object.assign(alice.env, keys("alice"))],
    ["another proxy", (alice) => Object.assign(alice.env, { NO_PROXY: "example.com" })],
    ["an edit of the AWS files", (alice) => alice.writeAwsConfig({ default: { region: "us-east-1" } })],
    ["an edit of config.yaml", (alice) => alice.write(configPath, "version: 1\n")],
  ];
  for (const [what, end] of ends) {
    it(`after a refusal fetch again after ${what}`, async () => {
      const alice = standing.user({ AWS_PROFILE: "alice" });
      alice.writeAwsKeys({ alice: member("alice") });
      standing.aws.controls.fail("GetAuthorizationToken", { status: 400, code: "AccessDeniedException" });
      told(await alice.get(registry), "ACCESS_DENIED");
      standing.aws.controls.clear();
      await end(alice);
      answered(await alice.get(registry), registry);
    });
  }
});
