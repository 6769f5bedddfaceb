import assert from "node:assert/strict";
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { DockerConfig } from "../support/program/docker-config.ts";
import { sameAsGolden } from "../support/program/golden.ts";
import {
  ciRole,
  otherRegistry,
  publicRegistry,
  registry,
  useStanding,
  westRegistry,
} from "../support/program/standing.ts";
import { snapshot } from "../support/program/state.ts";
import { atTerminal } from "../support/program/terminal.ts";
import { configPath, type User } from "../support/program/user.ts";

const farRegistry = "444455556666.dkr.ecr.eu-west-1.amazonaws.com";

describe("configure-docker without registries", () => {
  const standing = useStanding();
  let user: User;
  let docker: DockerConfig;
  beforeEach(() => {
    user = standing.user();
    docker = new DockerConfig(user);
    // The tester's own engine has no say.
    user.env["PATH"] = `${user.home}/bin:/usr/bin:/bin`;
    dockerSays("exit 1");
  });

  function dockerSays(script: string): void {
    chmodSync(user.write("bin/docker", `#!/bin/sh\n${script}\n`), 0o755);
  }

  /** Something of each kind. */
  function findMuch(): void {
    user.write(
      ".config/docker-credential-ecr/config.yaml",
      'version: 1\nregistries: [{ account: "111122223333", regions: [us-east-1] }]\n',
    );
    user.writeAwsConfig({
      "profile ci": { role_arn: ciRole, source_profile: "x", region: "us-east-1" },
      "profile prod.pull": { sso_account_id: "444455556666", region: "eu-west-1" },
      "profile elsewhere": { region: "us-east-1" },
    });
    dockerSays(`echo '${westRegistry}/team/app\nbusybox\n${registry}/app\n<none>'`);
    docker.write(
      `${JSON.stringify({ auths: { "ghcr.io": {}, [registry]: {} }, credHelpers: { [otherRegistry]: "pass", [publicRegistry]: "ecr" } }, null, 2)}\n`,
    );
  }

  it("proposes what config.yaml, AWS profiles, Docker's config and its images name, and asks", async () => {
    findMuch();
    const { screen, exitCode } = await atTerminal(user, ["configure-docker"], ["9", "1,3", ""]);
    assert.equal(exitCode, 0);
    sameAsGolden(screen, "configure-docker-proposal", user);
    const { credHelpers } = docker.json;
    assert.deepEqual(Object.keys(credHelpers), [otherRegistry, publicRegistry, registry, westRegistry]);
  });

  it("shows the difference before it asks a second time, and writes nothing on a no", async () => {
    findMuch();
    const before = snapshot(user.home);
    for (const answers of [["n"], ["y", "n"], [null], ["y", null]]) {
      const { screen, exitCode } = await atTerminal(user, ["configure-docker"], answers);
      assert.match(screen, /\nnothing was changed\n$/);
      assert.equal(/^\+ .*"ecr"/m.test(screen), answers[0] === "y");
      assert.equal(exitCode, 1);
    }
    assert.deepEqual(snapshot(user.home), before);
  });

  it("without a terminal says how to go on and changes nothing", async () => {
    findMuch();
    const before = snapshot(user.home);
    const { stdout, stderr, exitCode } = await user.run(["configure-docker"]);
    assert.match(stdout, new RegExp(`^ +1  ${registry}$`, "m"));
    assert.match(stderr, /^docker-credential-ecr: nothing was changed.*--yes.*\[NOT_ASKED\]\n$/);
    assert.equal(exitCode, 1);
    const shown = await docker.configure(["--dry-run"]);
    assert.match(shown, new RegExp(`^\\+ +"${farRegistry}": "ecr"`, "m"));
    assert.deepEqual(snapshot(user.home), before);
  });

  it("with --yes takes what is proposed, and the second time finds nothing more to add", async () => {
    findMuch();
    await docker.configure(["--yes"]);
    const expected = [otherRegistry, publicRegistry, registry, farRegistry, westRegistry];
    assert.deepEqual(Object.keys(docker.json.credHelpers), expected);
    assert.equal(docker.json.credHelpers[otherRegistry], "pass");
    assert.match(await docker.configure([]), /config\.json: nothing to change\n/);
  });

  it("waits for no engine that does not answer", async () => {
    findMuch();
    dockerSays("exec sleep 60");
    const { tookMs, stdout } = await user.run(["configure-docker"]);
    assert.ok(tookMs < 15_000, `${tookMs} ms`);
    assert.ok(!stdout.includes(westRegistry));
  });

  it("shows what profiles need in config.yaml, in words that it takes", async () => {
    findMuch();
    const { stdout } = await user.run(["configure-docker"]);
    const [, yaml = ""] = /:\n\n(identities:\n[\s\S]*?)\n\n/.exec(stdout) ?? [];
    assert.match(yaml, /"prod\.pull": \{ profile: "prod\.pull" \}/);
    assert.ok(!yaml.includes("ci:"), "config.yaml names the registry already");
    user.write(".config/docker-credential-ecr/config.yaml", `version: 1\n${yaml}\n`);
    const shown = await user.run(["registries", "--json"]);
    assert.equal(JSON.parse(shown.stdout).registries[0].registry, farRegistry);
  });

  it("shows a whole config.yaml where there is none, and what to add where there is one", async () => {
    user.writeAwsConfig({ "profile far": { sso_account_id: "444455556666", region: "eu-west-1" } });
    const { stdout } = await user.run(["configure-docker"]);
    const [, yaml = ""] = /write into\n\S+\/config\.yaml:\n\n([\s\S]*?)\n\n/.exec(stdout) ?? [];
    user.write(configPath, `${yaml}\n`);
    const shown = await user.run(["registries", "--json"]);
    assert.equal(JSON.parse(shown.stdout).registries[0].registry, farRegistry, shown.stderr);
    user.write(configPath, "version: 1\n");
    const { stdout: more } = await user.run(["configure-docker"]);
    assert.match(more, /add to\n\S+\/config\.yaml:\n\nidentities:\n/);
  });

  it("says so where nothing is found, and makes nothing", async () => {
    const before = snapshot(user.home);
    await docker.refuses([], "NOTHING_FOUND", "ACCOUNT.dkr.ecr");
    assert.deepEqual(snapshot(user.home), before);
    assert.equal(existsSync(join(user.home, ".docker")), false);
  });

  it("refuses what goes badly together", async () => {
    for (const args of [
      ["--import", registry],
      ["--import", "--all-kept"],
      ["--replace-ecr-login", "--all"],
      ["--undo", "--export"],
      ["--undo", registry],
      ["--export", "--all"],
      ["--leave-logins"],
      ["--everywhere"],
      ["--podman", "--import"],
      ["--podman", "--undo", "--everywhere"],
    ]) {
      await docker.refuses(args, "USAGE", String(args.find((arg) => arg.startsWith("--"))));
    }
  });
});
