import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { DockerConfig } from "../support/program/docker-config.ts";
import { registry, useStanding } from "../support/program/standing.ts";

/** Each line names the file and a way on that works here. */
describe("configure-docker refuses, with a suitable fix:", function () {
  this.timeout(120_000);
  const standing = useStanding();
  let docker: DockerConfig;
  beforeEach(() => {
    docker = new DockerConfig(standing.user());
    mkdirSync(docker.path.replace(/\/config\.json$/, ""), { mode: 0o700 });
  });

  /** Asserts that the line has these parts and not these others. */
  async function says(args: readonly string[], parts: readonly string[], not: readonly string[] = []) {
    const { stderr, exitCode } = await docker.user.run(["configure-docker", ...args]);
    assert.equal(exitCode, 1);
    for (const part of [docker.path, ...parts]) assert.ok(stderr.includes(part), `${part} in ${stderr}`);
    for (const part of not) assert.ok(!stderr.includes(part), `${part} not in ${stderr}`);
  }

  it("AWS's own helper in the config", async () => {
    docker.write(JSON.stringify({ credHelpers: { [registry]: "ecr-login" } }));
    await says([registry], ["ecr-login", "--replace-ecr-login"], ["name single registries"]);
    docker.write('{"credsStore":"ecr-login"}');
    await says(["--all"], ["ecr-login", "--replace-ecr-login"]);
  });

  it("another helper in the config", async () => {
    docker.write(JSON.stringify({ credsStore: "desktop", credHelpers: { [registry]: "pass" } }));
    await says([registry], ["pass", "--replace"], ["name single registries", "--replace-ecr-login"]);
    await says(["--all"], ["desktop", "name single registries", "--replace"], ["--replace-ecr-login"]);
  });

  it("a registry with an empty helper", async () => {
    docker.write(JSON.stringify({ credHelpers: { [registry]: "" } }));
    await says([registry], ["disables helpers", "--replace"], ["another helper"]);
  });

  it("a file that is not JSON, with --undo as well", async () => {
    docker.write("{");
    for (const args of [[registry], ["--undo"], []]) await says(args, ["DOCKER_CONFIG_SYNTAX"]);
    const other = `${docker.user.home}/other`;
    await docker.configure([registry], { env: { DOCKER_CONFIG: other } });
    docker.user.write("other/config.json", "[]");
    const { stderr } = await docker.user.run(["configure-docker", "--undo", "--everywhere"], {
      env: { DOCKER_CONFIG: `${docker.user.home}/third` },
    });
    assert.ok(stderr.includes(`${other}/config.json`), stderr);
  });

  it("a read-only file", async () => {
    docker.write("{}");
    chmodSync(docker.path, 0o444);
    await says([registry], [`chmod u+w ${docker.path}`, "--dry-run"], ["EROFS"]);
  });

  it("an import from another helper without --replace, before it requests any secret", async () => {
    const { user } = docker;
    user.env["PATH"] = `${user.home}/bin:/usr/bin:/bin`;
    const script = `#!/bin/sh\necho "$*" >>'${user.home}/called'\necho '{}'\n`;
    chmodSync(user.write("bin/docker-credential-other", script), 0o755);
    const configs = [
      '{"credsStore":"other"}',
      '{"CredsStore":"other"}',
      '{"credsStore":"other","auths":{"ghcr.io":{"auth":"bTpz"}}}',
    ];
    for (const config of configs) {
      docker.write(config);
      for (const more of [[], ["--dry-run"]]) {
        await says(["--import", ...more], ["DOCKER_CONFIG_TAKEN", "other"], ["--all"]);
      }
    }
    assert.ok(!existsSync(`${user.home}/called`));
    await user.run(["configure-docker", "--import", "--replace"]);
    assert.ok(existsSync(`${user.home}/called`), "the helper would have been found");
  });

  it("a host outside ECR, with the alternatives for it", async () => {
    const { user } = docker;
    for (const host of ["ghcr.io", "index.docker.io", "localhost:5000"]) {
      const { stderr, exitCode } = await user.run(["configure-docker", host]);
      assert.equal(exitCode, 1);
      assert.match(
        stderr,
        new RegExp(`Fix: log in to it with 'docker login ${host}'; .*--import\\. \\[NOT_ECR\\]\\n$`),
      );
      assert.doesNotMatch(stderr, /ACCOUNT\.dkr/);
    }
    assert.match((await user.run(["configure-docker", "a b"])).stderr, /use ACCOUNT\.dkr\.ecr/);
  });

  it("an invalid region; it names one that may be new", async () => {
    const { user } = docker;
    const hostIn = (region: string) => `111122223333.dkr.ecr.${region}.amazonaws.com`;
    for (const region of ["us-esat-1", "us-east-11", "useast-1"]) {
      for (const command of ["configure-docker", "refresh"]) {
        const { stderr, exitCode } = await user.run([command, hostIn(region)]);
        assert.equal(exitCode, 1);
        assert.match(stderr, new RegExp(`${region} is not an AWS region\\. Fix: write us-east-1`), command);
      }
    }
    for (const [host, fix] of [
      [
        "11112222333.dkr.ecr.us-east-1.amazonaws.com",
        /Fix: an account id has 12 digits, and 11112222333 has 11/,
      ],
      [
        hostIn("us-east-1").replace(".com", ".cn"),
        /its domain is not one of Amazon ECR\. Fix: write 111122223333\.dkr\.ecr/,
      ],
    ] as const) {
      for (const command of ["configure-docker", "refresh"]) {
        assert.match((await user.run([command, host])).stderr, fix);
      }
    }
    const { stdout, exitCode } = await user.run(["configure-docker", hostIn("us-east-3")]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /this version does not know the region us-east-3; did you mean us-east-[12]\?/);
  });

  it("a folder at the config's path", async () => {
    mkdirSync(docker.path);
    await says([registry], ["is a folder", "move the folder away"], ["whether its disk"]);
  });

  it("a loop of symbolic links", async () => {
    symlinkSync("config.json", docker.path);
    await says([registry], ["loop of links"], ["whether its disk"]);
  });

  it("a DOCKER_CONFIG that is not a folder", async () => {
    docker.write("{}");
    const { stderr } = await docker.user.run(["configure-docker", registry], {
      env: { DOCKER_CONFIG: docker.path },
    });
    assert.match(stderr, /is not a folder\. Fix: check DOCKER_CONFIG/);
    assert.deepEqual(readdirSync(docker.user.home), [".docker"]);
  });
});
