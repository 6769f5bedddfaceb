import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DockerConfig } from "../support/program/docker-config.ts";
import { member, otherRegistry, registry, useStanding } from "../support/program/standing.ts";
import { snapshot } from "../support/program/state.ts";
import { atTerminal } from "../support/program/terminal.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

/** From a clean machine with two profiles to pulls from both accounts. */
describe("configure-docker on a terminal", function () {
  this.timeout(300_000);
  const standing = useStanding();
  let user: User;
  let docker: DockerConfig;
  beforeEach(() => {
    user = standing.user();
    docker = new DockerConfig(user);
    user.env["PATH"] = `${user.home}/bin:/usr/bin:/bin`;
    chmodSync(user.write("bin/docker", "#!/bin/sh\nexit 1\n"), 0o755);
    user.writeAwsKeys({ build: member("alice"), prod: member("bob") });
    user.writeAwsConfig({
      "profile build": { region: "us-east-1" },
      "profile prod": { region: "us-east-1" },
    });
  });
  const config = () => readFileSync(join(user.home, configPath), "utf8");

  it("configures two accounts with two answers, so that both can be pulled from", async () => {
    const { screen, exitCode } = await atTerminal(user, ["configure-docker"], ["", ""]);
    assert.equal(exitCode, 0, screen);
    assert.match(screen, /^\+\s+"111122223333\.dkr\.ecr.*"ecr"/m);
    assert.match(screen, /^\+ +- account: "444455556666"/m);
    assert.match(screen, /Write both\? \[Y\/n\] /);
    assert.equal(standing.count("GetAuthorizationToken"), 2);
    assert.match(screen, /token for 444455556666\.\S+: 11h 59m left/);
    assert.match(
      screen,
      /Next: docker pull 111122223333\.dkr\.ecr\.us-east-1\.amazonaws\.com\/REPOSITORY:TAG\n$/,
    );
    assert.deepEqual(docker.json.credHelpers, { [registry]: "ecr", [otherRegistry]: "ecr" });
    for (const host of [registry, otherRegistry]) answered(await user.get(host), host);
    assert.equal(standing.count("GetAuthorizationToken"), 2, "the tokens are stored");
    const { registries } = JSON.parse((await user.run(["registries", "--json"])).stdout);
    assert.deepEqual(
      registries.map((each: { identity: string }) => each.identity),
      ["build (profile build)", "prod (profile prod)"],
    );
  });

  it("asks between two profiles of one account", async () => {
    user.writeAwsKeys({ build: member("alice"), again: member("alice") });
    user.writeAwsConfig({
      "profile build": { region: "us-east-1" },
      "profile again": { region: "us-east-1" },
    });
    const { screen, exitCode } = await atTerminal(user, ["configure-docker"], ["", "9", "2", ""]);
    assert.equal(exitCode, 0, screen);
    assert.match(screen, /Account 111122223333 has several profiles/);
    assert.match(config(), /again: \{ profile: again \}/);
    assert.doesNotMatch(config(), /build/);
  });

  it("writes neither file after a no, an invalid answer or a closed terminal, at each question", async () => {
    const before = snapshot(user.home);
    for (const answers of [["n"], ["rubbish", "n"], [null], ["", "n"], ["", "rubbish"], ["", null]]) {
      const { screen, exitCode } = await atTerminal(user, ["configure-docker"], answers);
      assert.equal(exitCode, 1, screen);
      assert.match(screen, /\nnothing was changed\n$/);
    }
    assert.deepEqual(snapshot(user.home), before);
  });

  it("reports failures of the check, and exits 1; --no-check sends no request", async () => {
    standing.aws.controls.fail("GetAuthorizationToken", { status: 400, code: "AccessDeniedException" });
    const { screen, exitCode } = await atTerminal(user, ["configure-docker"], ["", ""]);
    assert.equal(exitCode, 1);
    assert.match(screen, /\[ACCESS_DENIED\]/);
    assert.match(screen, /Next: fix that, then run: docker-credential-ecr\s+doctor 111122223333/);
    assert.ok(existsSync(join(user.home, configPath)), "it is configured all the same");
    const other = standing.user();
    other.env["PATH"] = user.env["PATH"] ?? "";
    other.writeAwsKeys({ build: member("alice") });
    other.writeAwsConfig({ "profile build": { region: "us-east-1" } });
    standing.aws.controls.reset();
    const unchecked = await atTerminal(other, ["configure-docker", "--no-check"], ["", ""]);
    assert.equal(unchecked.exitCode, 0, unchecked.screen);
    assert.equal(standing.count("GetAuthorizationToken"), 0);
  });

  it("with --yes --check needs no terminal", async () => {
    const { stdout, stderr, exitCode } = await user.run(["configure-docker", "--yes", "--check"]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /Next: docker pull/);
    assert.equal(standing.count("GetAuthorizationToken"), 2);
  });

  it("does not change a config.yaml that it can't edit, and prints what to add", async () => {
    const text = "version: 1\nx: &all []\nregistries: *all\n";
    user.write(configPath, text.replace("x: &all []\n", "outputs: &all []\n"));
    const before = config();
    const { stdout, exitCode } = await user.run(["configure-docker", "--yes"]);
    assert.equal(exitCode, 0);
    assert.equal(config(), before);
    assert.match(stdout, /config\.yaml was not changed.*111122223333 \(build\), 444455556666 \(prod\)/);
  });
});
