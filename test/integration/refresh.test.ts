import assert from "node:assert/strict";
import { statSync, utimesSync } from "node:fs";
import { eventually } from "../support/eventually.ts";
import { matchesGolden } from "../support/program/golden.ts";
import { aliceKeeps, endDaemon, keeper, passNow } from "../support/program/keeping.ts";
import { atTerminal, folded, onceShown } from "../support/program/screen.ts";
import {
  keys,
  member,
  otherRegistry,
  registry,
  useStanding,
  westRegistry,
} from "../support/program/standing.ts";
import { minute, tokenFile } from "../support/program/state.ts";
import { answered } from "../support/program/verdicts.ts";

const regions = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1"];
const bobsToo = `  - host: ${otherRegistry}\n    identity: nobody\n`;
const withNobody = aliceKeeps("111122223333", "us-east-1, us-west-2", bobsToo).replace(
  "registries:",
  "  nobody: { profile: nobody }\nregistries:",
);

describe("refresh", () => {
  const standing = useStanding();

  it("refreshes several tokens concurrently", async () => {
    const user = keeper(standing, aliceKeeps("111122223333", regions.join(", ")));
    standing.aws.controls.latency("GetAuthorizationToken", 1_000);
    const { exitCode, stdout } = await user.run(["refresh"]);
    assert.deepEqual([exitCode, stdout.trimEnd().split("\n").length], [0, regions.length]);
    const began = standing.aws.controls.log().map(({ at }) => at);
    const apart = Math.max(...began) - Math.min(...began);
    assert.ok(apart < 3_000, `four calls of a second began ${apart} ms apart`);
  });

  it("reports a failure, refreshes the others and exits 1", async () => {
    const user = keeper(standing, withNobody);
    const { exitCode, stdout, stderr } = await user.run(["refresh"]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /^docker-credential-ecr: .*\(identity: profile nobody.*\[PROFILE_NOT_FOUND\]\n$/);
    assert.deepEqual(stdout.trimEnd().split("\n").sort(), [
      `${registry}: 11h 59m left`,
      `${westRegistry}: 11h 59m left`,
    ]);
  });

  it("renews a token that is valid for long enough, if the last attempt to renew it failed", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    assert.equal((await user.run(["refresh"])).exitCode, 0);
    standing.aws.controls.fail("GetAuthorizationToken", { status: 400, code: "AccessDeniedException" });
    assert.equal((await user.run(["refresh", "--force"])).exitCode, 1);
    assert.equal((await user.run(["status", "--strict"])).exitCode, 1);
    standing.aws.controls.reset();
    assert.equal((await user.run(["refresh"])).exitCode, 0);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
    assert.equal((await user.run(["status", "--strict"])).exitCode, 0);
    assert.equal((await user.run(["refresh"])).exitCode, 0);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
  });

  it("refreshes the others while one hangs", async () => {
    const user = keeper(standing, aliceKeeps("111122223333", "us-east-1, us-west-2"));
    standing.aws.controls.hang("GetAuthorizationToken", { region: "us-east-1" });
    user.start(["refresh"]);
    await eventually("the token of the other", async () => {
      return (await user.run(["status"])).stdout.includes(`${westRegistry}  alice (profile alice)  11h 59m`);
    });
  });

  it("names unavailable tokens without failing; a named registry uses this environment", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    const env = keys("bob");
    const before = answered(await user.get(otherRegistry, { env }), otherRegistry);
    const all = await user.run(["refresh"]);
    assert.deepEqual([all.exitCode, all.stdout], [0, `${registry}: 11h 59m left\n`]);
    assert.match(
      all.stderr,
      /^docker-credential-ecr: skipped: 444455556666\S+ is not renewed.*\[KEYS_IN_ENVIRONMENT\]\n$/,
    );
    const named = await user.run(["refresh", "--force", otherRegistry], { env });
    assert.deepEqual([named.exitCode, named.stdout], [0, `${otherRegistry}: 11h 59m left\n`]);
    assert.notEqual(answered(await user.get(otherRegistry, { env }), otherRegistry), before);
  });

  it("manages a named registry from now on, as a cold get does", async () => {
    const user = keeper(standing);
    user.writeAwsKeys({ default: member("alice") });
    const keptAs = async () => JSON.parse((await user.run(["registries", "--json"])).stdout).registries;
    assert.deepEqual(await keptAs(), []);
    assert.equal((await user.run(["refresh", registry])).exitCode, 0);
    const [{ registry: host, origin }] = await keptAs();
    assert.deepEqual([host, origin], [registry, "learnt"]);
    const longAgo = Date.now() / 1000 - 6 * 86_400;
    utimesSync(tokenFile(user, registry), longAgo, longAgo);
    assert.equal((await user.run(["refresh", registry])).exitCode, 0);
    assert.ok(Date.now() - statSync(tokenFile(user, registry)).mtimeMs < minute);
  });

  it("has the same requirements for short-lived tokens as status, by default", async () => {
    standing.aws.controls.set({ tokenLifeSeconds: 600 });
    const user = keeper(standing, aliceKeeps("111122223333").replace("1s", "1h"));
    for (const _ of [1, 2]) {
      const { exitCode, stdout } = await user.run(["refresh"]);
      assert.deepEqual([exitCode, stdout], [0, `${registry}: 9m left\n`]);
    }
    assert.equal((await user.run(["status"])).exitCode, 0);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
    const { exitCode, stderr } = await user.run(["refresh", "--min-validity", "1h"]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /\[LIFE_TOO_SHORT\]\n$/);
  });

  it("does not guess identities with an invalid config", async () => {
    const user = keeper(standing, "version: 1\nidentites: {}\n");
    for (const args of [["refresh"], ["refresh", registry]]) {
      const { exitCode, stderr, stdout } = await user.run(args);
      assert.deepEqual([exitCode, stdout], [1, ""]);
      assert.match(stderr, /config\.yaml:2:1.*\[CONFIG_INVALID\]\n$/);
    }
    assert.equal(standing.calls(), 0);
  });

  it("does not change how a daemon treats its token", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    const daemon = user.start(["daemon"]);
    await eventually("a token", async () => (await user.run(["status"])).exitCode === 0);
    await user.run(["refresh", "--force"]);
    await passNow(user, daemon);
    const told = await endDaemon(daemon);
    assert.equal(told.filter((line) => line.includes("renewed")).length, 1);
    assert.equal(standing.count("GetAuthorizationToken"), 2);
  });

  it("shows its progress on a terminal, in a temporary line", async () => {
    const user = keeper(standing, withNobody.replace(", us-west-2", ""));
    standing.aws.controls.latency("GetAuthorizationToken", 500);
    const { exitCode, sent } = await atTerminal(user, ["refresh"]).ended;
    assert.equal(exitCode, 1);
    const stood = onceShown(sent).replaceAll(user.home, "/home/me");
    assert.ok(sent.endsWith("\r\x1b[K"));
    matchesGolden(folded(stood), "refresh-progress");
  });

  it("shows no progress for one token, on a simple terminal, or in a file", async () => {
    const user = keeper(standing, aliceKeeps("111122223333", "us-east-1, us-west-2"));
    for (const [args, env] of [
      [["refresh", registry], {}],
      [["refresh"], { TERM: "dumb" }],
    ] as const) {
      assert.doesNotMatch((await atTerminal(user, args, env).ended).sent, /refreshing/);
    }
    assert.equal((await user.run(["refresh"])).stderr, "");
  });
});
