import assert from "node:assert/strict";
import { ciRole, member, registry, useStanding } from "../support/program/standing.ts";
import { hour, passTime } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

const config = `version: 1
identities:
  alice: { profile: alice }
  ci: { roleArn: "${ciRole}", source: alice }
registries:
  - account: "111122223333"
    regions: [us-east-1]
    identity: ci
`;

describe("the token of a role whose session lasts an hour", function () {
  this.timeout(120_000);
  const standing = useStanding({}, "proxy");

  /** Who has a token that was renewed on plan and is two hours old. */
  async function twoHoursLater(): Promise<User> {
    const user = standing.user();
    user.writeAwsKeys({ alice: member("alice") });
    user.write(configPath, config);
    await user.run(["daemon", "--once"]);
    passTime(user, 7 * hour);
    await user.run(["daemon", "--once"]);
    assert.equal(standing.count("GetAuthorizationToken"), 2);
    passTime(user, 2 * hour);
    return user;
  }

  it("is refreshed by its own expiry, not by the session's", async () => {
    const user = await twoHoursLater();
    for (const later of [0, 1.5 * hour]) {
      passTime(user, later);
      const { exitCode, stderr } = await user.run(["daemon", "--once"]);
      assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
    }
    assert.equal(standing.count("GetAuthorizationToken"), 2);
    assert.equal(standing.count("Registry"), 1, "the registry is asked once");
  });

  it("is refreshed at once if its registry refuses it", async () => {
    const user = await twoHoursLater();
    const before = answered(await user.get(registry), registry);
    standing.aws.controls.revoke("all");
    const { exitCode, stderr } = await user.run(["daemon", "--once"]);
    assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
    assert.equal(standing.count("GetAuthorizationToken"), 3);
    assert.notEqual(answered(await user.get(registry), registry), before);
    await user.run(["daemon", "--once"]);
    assert.equal(standing.count("GetAuthorizationToken"), 3);
  });

  it("that its registry refuses and that can't be renewed is not called valid", async () => {
    const user = await twoHoursLater();
    standing.aws.controls.revoke("all");
    standing.aws.controls.fail("GetAuthorizationToken", {
      status: 400,
      code: "AccessDeniedException",
      message: "no",
    });
    assert.equal((await user.run(["daemon", "--once"])).exitCode, 1);
    const shown = await user.run(["status"]);
    assert.match(shown.stdout, /refused by its registry at \d{4}-/);
    assert.doesNotMatch(shown.stdout, /valid until/);
    assert.equal(shown.exitCode, 1);
    const [row] = JSON.parse((await user.run(["status", "--json"])).stdout).registries;
    assert.deepEqual([row.state, row.isFresh], ["refused", false]);
    assert.ok(row.secondsLeft > 0 && Date.parse(row.refusedAt) <= Date.now());
  });

  it("remains if the registry does not respond", async () => {
    const user = await twoHoursLater();
    standing.aws.controls.fail("Registry", { status: 503, code: "Unavailable" });
    const { exitCode, stderr } = await user.run(["daemon", "--once"]);
    assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
    assert.equal(standing.count("GetAuthorizationToken"), 2);
  });
});
