import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { DockerConfig } from "../support/program/docker-config.ts";
import { Installer } from "../support/program/installer.ts";
import { publicRegistry, registry, useStanding } from "../support/program/standing.ts";
import { configPath } from "../support/program/user.ts";

describe("install.sh and other helpers", function () {
  this.timeout(120_000);
  const standing = useStanding();

  it("--replace-ecr-login replaces ecr-login in the config and on PATH, and --uninstall restores both", () => {
    const installer = new Installer(standing.user());
    const docker = new DockerConfig(installer.user);
    const before = '{"credHelpers":{"public.ecr.aws":"ecr-login"}}';
    docker.write(before);
    const dry = installer.run(["--replace-ecr-login", "--dry-run"]);
    assert.match(dry.stdout, /would install \S+\/bin\/docker-credential-ecr-login, a link/);
    assert.match(dry.stdout, /would run: docker-credential-ecr configure-docker --replace-ecr-login\n/);

    for (const _ of ["first", "again"]) {
      const { stdout, stderr, status } = installer.run(["--replace-ecr-login"]);
      assert.deepEqual([status, stderr], [0, ""], stdout);
    }
    assert.deepEqual(docker.json.credHelpers, { [publicRegistry]: "ecr" });
    const link = join(installer.bin, "docker-credential-ecr-login");
    assert.equal(readlinkSync(link), "docker-credential-ecr");
    assert.match(spawnSync(link, ["version"]).stdout.toString(), /^docker-credential-ecr /);

    assert.match(installer.run(["--uninstall", "--dry-run"]).stdout, /would remove \S+-ecr-login\n/);
    const removed = installer.run(["--uninstall"]);
    assert.deepEqual([removed.status, removed.stderr], [0, ""], removed.stdout);
    assert.equal(docker.text, before);
    assert.equal(existsSync(installer.prefix), false);
  });

  it("keeps another docker-credential-ecr-login, and reports it", () => {
    const installer = new Installer(standing.user());
    const other = installer.user.write("prefix/bin/docker-credential-ecr-login", "#!/bin/sh\n");
    const { stderr, status } = installer.run(["--replace-ecr-login"]);
    assert.equal(status, 0, stderr);
    assert.match(
      stderr,
      /bin\/docker-credential-ecr-login does not belong to this program and was not changed/,
    );
    assert.equal(installer.run(["--uninstall"]).status, 0);
    assert.equal(readFileSync(other, "utf8"), "#!/bin/sh\n");
    assert.ok(lstatSync(other).isFile());
  });

  it("reports a docker-credential-ecr-login earlier on PATH", () => {
    const installer = new Installer(standing.user());
    const first = installer.user.write("first/docker-credential-ecr-login", "#!/bin/sh\n");
    spawnSync("chmod", ["755", first]);
    const PATH = `${installer.user.home}/first:${installer.path}`;
    const { stderr } = installer.run(["--replace-ecr-login"], { PATH });
    assert.match(stderr, /first\/docker-credential-ecr-login comes first on your PATH/);
  });

  it("--import imports logins, and --uninstall exports them", () => {
    const installer = new Installer(standing.user());
    const docker = new DockerConfig(installer.user);
    installer.user.write(configPath, "version: 1\nfallback: file\n");
    const before = `{"auths":{"b.example":{"auth":"${btoa("me:hush")}"}}}`;
    docker.write(before);
    const { stdout, stderr, status } = installer.run(["--import"]);
    assert.deepEqual([status, stderr], [0, ""], stdout);
    assert.deepEqual(docker.json, { auths: { "b.example": {} }, credsStore: "ecr" });
    const removed = installer.run(["--uninstall"]);
    assert.deepEqual([removed.status, removed.stderr], [0, ""], removed.stdout);
    assert.match(removed.stdout, /docker-credential-ecr\/config\.yaml was not removed\n/);
    assert.equal(docker.text, before);
  });

  it("refuses contradictory options before it builds", () => {
    const installer = new Installer(standing.user());
    for (const args of [
      ["--all", registry],
      ["--import", "--replace-ecr-login"],
      [registry, "--replace-ecr-login"],
    ]) {
      const { stdout, stderr, status } = installer.run(args);
      assert.deepEqual([stdout, status], ["", 1]);
      assert.match(stderr, /^install\.sh: use only one of --all, --import, --replace-ecr-login/);
      assert.equal(installer.isThere, false);
    }
  });
});
