import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DockerConfig } from "../support/program/docker-config.ts";
import { sameAsGolden } from "../support/program/golden.ts";
import { programPath } from "../support/program/program.ts";
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

describe("configure-docker without registries", function () {
  this.timeout(120_000);
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

  it("proposes the registries of config.yaml, AWS profiles, Docker's config and images, and asks", async () => {
    findMuch();
    const { screen, exitCode } = await atTerminal(user, ["configure-docker", "--no-check"], ["9", "1,3", ""]);
    assert.equal(exitCode, 0);
    sameAsGolden(screen, "configure-docker-proposal", user);
    const { credHelpers } = docker.json;
    assert.deepEqual(Object.keys(credHelpers), [otherRegistry, publicRegistry, registry, westRegistry]);
  });

  it("shows the difference before it asks again, and writes nothing after a no", async () => {
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

  it("without a terminal explains what to do and changes nothing", async () => {
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

  it("shows names of profiles without characters that control a terminal", async () => {
    const odd = (name: string) => `\x1b[2J\u202e${name}\x07`;
    const role = { role_arn: ciRole, source_profile: "x" };
    user.writeAwsConfig({
      [`profile ${odd("one")}`]: { ...role, region: "us-east-1" },
      [`profile ${odd("two")}`]: { ...role, region: "us-east-1" },
      [`profile ${odd("none")}`]: role,
      [`profile ${odd("bad")}`]: { ...role, region: odd("region") },
    });
    const { stdout } = await user.run(["configure-docker", "--dry-run"]);
    for (const name of ["one", "two", "none", "bad"]) assert.match(stdout, new RegExp(`\\[2J${name}`));
    const { screen } = await atTerminal(user, ["configure-docker"], ["y", "1", "n"]);
    for (const shown of [stdout, screen]) assert.doesNotMatch(shown, /[^\P{C}\t\n\r]/u);
  });

  it("with --yes accepts the proposal, and has nothing to add the second time", async () => {
    findMuch();
    await docker.configure(["--yes"]);
    const expected = [otherRegistry, publicRegistry, registry, farRegistry, westRegistry];
    assert.deepEqual(Object.keys(docker.json.credHelpers), expected);
    assert.equal(docker.json.credHelpers[otherRegistry], "pass");
    assert.match(await docker.configure([]), /config\.json: nothing to change\n/);
  });

  it("does not wait for an engine that does not respond", async () => {
    findMuch();
    dockerSays("exec sleep 60");
    const { tookMs, stdout } = await user.run(["configure-docker"]);
    assert.ok(tookMs < 25_000, `${tookMs} ms`);
    assert.ok(!stdout.includes(westRegistry));
  });

  it("adds the profiles of accounts to config.yaml, and does not change the rest", async () => {
    findMuch();
    const before = readFileSync(join(user.home, configPath), "utf8");
    const shown = await docker.configure(["--dry-run"]);
    assert.match(shown, /^\+ {2}"?prod\.pull"?: \{ profile: "prod\.pull" \}$/m);
    assert.equal(readFileSync(join(user.home, configPath), "utf8"), before);
    await docker.configure(["--yes"]);
    const { registries } = JSON.parse((await user.run(["registries", "--json"])).stdout);
    const far = registries.find((each: { registry: string }) => each.registry === farRegistry);
    assert.match(far.identity, /\(profile prod\.pull\)$/);
    assert.ok(
      !readFileSync(join(user.home, configPath), "utf8").includes("profile: ci"),
      "it names that account",
    );
    // The profile in this test is incomplete, the file is valid.
    assert.doesNotMatch((await user.run(["config", "check"])).stderr, /\[CONFIG_/);
  });

  it("creates config.yaml, with the schema if it is installed", async () => {
    user.writeAwsConfig({ "profile far": { sso_account_id: "444455556666", region: "eu-west-1" } });
    const share = join(dirname(programPath()), "../share/docker-credential-ecr");
    const schema = join(share, "config.schema.json");
    mkdirSync(share, { recursive: true });
    writeFileSync(schema, "{}");
    const done = await docker.configure(["--yes"]);
    assert.match(
      done.replaceAll(/\s+/g, " "),
      /config\.yaml: written; profiles of accounts: 444455556666 \(far\)/,
    );
    rmSync(schema);
    const head = `# yaml-language-server: $schema=${schema}\n`;
    const expected =
      'version: 1\nidentities:\n  far: { profile: far }\nregistries:\n  - account: "444455556666"\n    regions: [eu-west-1]\n    identity: far\n';
    assert.equal(readFileSync(join(user.home, configPath), "utf8"), head + expected);
    const again = await docker.configure(["--yes"]);
    assert.match(again, /nothing to change/);
    assert.ok(!again.includes("config.yaml: written"));
  });

  it("--undo removes the entries that it added to config.yaml, byte for byte", async () => {
    findMuch();
    const config = () => readFileSync(join(user.home, configPath), "utf8");
    const before = { config: config(), docker: docker.text };
    await docker.configure(["--yes"]);
    const after = config();
    assert.match(await docker.configure(["--undo", "--dry-run"]), /^-.*prod\.pull/m);
    assert.equal(config(), after);
    const shown = await docker.configure(["--undo"]);
    assert.match(
      shown.replaceAll(/\s+/g, " "),
      /config\.yaml: the entries that configure-docker added were removed/,
    );
    assert.deepEqual({ config: config(), docker: docker.text }, before);
    assert.ok(!(await docker.configure(["--undo"])).includes("config.yaml"));
  });

  it("--undo leaves entries of config.yaml that were changed since, and removes the others", async () => {
    findMuch();
    await docker.configure(["--yes"]);
    const edited = readFileSync(join(user.home, configPath), "utf8").replace(
      "regions: [eu-west-1]",
      "regions: [eu-west-1, us-east-1]",
    );
    user.write(configPath, `${edited}minValidity: 2h\n`);
    const shown = (await docker.configure(["--undo"])).replaceAll(/\s+/g, " ");
    assert.match(shown, /left: the entry of account 444455556666: it was changed/);
    assert.equal(readFileSync(join(user.home, configPath), "utf8"), `${edited}minValidity: 2h\n`);
  });

  it("--undo removes a config.yaml that it created, and only for the Docker config that it was created with", async () => {
    user.writeAwsConfig({ "profile far": { sso_account_id: "444455556666", region: "eu-west-1" } });
    await docker.configure(["--yes"]);
    await docker.configure(["--undo"], { env: { DOCKER_CONFIG: join(user.home, "other") } });
    assert.ok(existsSync(join(user.home, configPath)));
    await docker.configure(["--undo"]);
    assert.ok(!existsSync(join(user.home, configPath)));
    await docker.configure(["--yes"], { env: { DOCKER_CONFIG: join(user.home, "other") } });
    await docker.configure(["--undo", "--everywhere"]);
    assert.ok(!existsSync(join(user.home, ".config")));
  });

  it("--undo leaves an entry of config.yaml for another Docker config that uses its account", async () => {
    user.writeAwsConfig({ "profile far": { sso_account_id: "444455556666", region: "eu-west-1" } });
    const other = { env: { DOCKER_CONFIG: join(user.home, "other") } };
    const config = join(user.home, configPath);
    await docker.configure(["--yes"]);
    const written = readFileSync(config, "utf8");
    await docker.configure([farRegistry], other);
    for (const options of [["--undo", "--dry-run"], ["--undo"]]) {
      const shown = (await docker.configure(options)).replaceAll(/\s+/g, " ");
      assert.match(shown, /left for \S+other\/config\.json: the entry of account 444455556666/);
      assert.equal(readFileSync(config, "utf8"), written);
    }
    await docker.configure(["--undo"], other);
    assert.ok(!existsSync(config));
    assert.ok(!existsSync(join(user.home, ".config")));
  });

  it("--undo reports no entry of a config.yaml that the user has removed since", async () => {
    const profileNamed = (name: string) =>
      user.writeAwsConfig({ [`profile ${name}`]: { sso_account_id: "444455556666", region: "eu-west-1" } });
    profileNamed("far");
    await docker.configure(["--yes"]);
    rmSync(join(user.home, configPath));
    profileNamed("farther");
    await docker.configure(["--yes"]);
    const shown = await docker.configure(["--undo"]);
    assert.doesNotMatch(shown, /left/);
    assert.ok(!existsSync(join(user.home, configPath)));
  });

  it("names skipped accounts, and uses --profile to choose between profiles of one account", async () => {
    user.writeAwsConfig({
      "profile one": { sso_account_id: "444455556666", region: "eu-west-1" },
      "profile two": {
        role_arn: "arn:aws:iam::444455556666:role/x",
        source_profile: "one",
        region: "us-east-1",
      },
      "profile three": { sso_account_id: "111122223333" },
    });
    const shown = await docker.configure(["--dry-run"]);
    assert.match(shown, /left out: AWS profile three: it has no region/);
    assert.match(shown, /left out of config\.yaml: account 444455556666.*one, two.*--profile NAME/);
    const unsure = await user.run(["configure-docker", "--yes"]);
    assert.equal(unsure.exitCode, 1, "a script must notice that an account was left out");
    assert.match(
      unsure.stderr,
      /account 444455556666 has several AWS profiles \(one, two\), .*: docker-credential-ecr configure-docker --yes --profile one\. \[PROFILE_CHOICE\]\n$/,
    );
    assert.ok(!existsSync(join(user.home, configPath)));
    // The rest is written, and the exit code stays until a profile is chosen.
    assert.ok(farRegistry in docker.json.credHelpers);
    for (const args of [[], ["--yes"]]) {
      assert.equal((await user.run(["configure-docker", ...args])).exitCode, 1, args.join());
    }
    const env = { AWS_PROFILE: "two" };
    const chosen = await user.run(["configure-docker", "--yes"], { env });
    assert.deepEqual([chosen.exitCode, chosen.stderr], [0, ""]);
    assert.match(chosen.stdout.replaceAll("\n", " "), /AWS_PROFILE names two, which is used/);
    for (const [name, words] of [
      ["twoo", "did you mean two?"],
      ["three", "it has no region"],
      ["unlike-all", "use one of one, two"],
    ] as const) {
      await docker.refuses(["--yes", "--profile", name], "USAGE", words);
    }
    await docker.configure(["--yes", "--profile", "two"]);
    assert.match(
      readFileSync(join(user.home, configPath), "utf8"),
      /two: \{ profile: two \}\nregistries:\n {2}- account: "444455556666"\n {4}regions: \[eu-west-1, us-east-1\]\n {4}identity: two\n$/,
    );
  });

  it("reports if nothing is found, and creates nothing", async () => {
    const before = snapshot(user.home);
    await docker.refuses([], "NOTHING_FOUND", "ACCOUNT.dkr.ecr");
    assert.deepEqual(snapshot(user.home), before);
    assert.equal(existsSync(join(user.home, ".docker")), false);
  });

  it("refuses contradictory options", async () => {
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
      ["--profile", "x", "--all"],
      ["--podman", "--undo", "--everywhere"],
    ]) {
      await docker.refuses(args, "USAGE", String(args.find((arg) => arg.startsWith("--"))));
    }
  });
});
