import assert from "node:assert/strict";
import { existsSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Installer } from "../support/program/installer.ts";
import { hasFront } from "../support/program/program.ts";
import { keys, useStanding } from "../support/program/standing.ts";

/** The installed files of docs/native-front.md. */
describe("install.sh and the native program", function () {
  this.timeout(120_000);
  const standing = useStanding();
  const small = 4 << 20;
  let installer: Installer;
  beforeEach(function () {
    if (!hasFront) return this.skip();
    installer = new Installer(standing.user(keys("alice")));
  });

  const program = () => join(installer.bin, "docker-credential-ecr");
  const behind = () => join(installer.prefix, "lib/docker-credential-ecr/docker-credential-ecr");
  function install(...args: string[]): void {
    const { status, stdout, stderr } = installer.run(args);
    assert.equal(status, 0, stdout + stderr);
  }
  const helperName = () => {
    const env = { ...installer.user.env, PATH: installer.path };
    const { stdout } = Bun.spawnSync([program(), "doctor", "--json"], { env });
    const { diagnostics } = JSON.parse(stdout.toString());
    return diagnostics.find(({ name }: { name: string }) => name === "helper-name").seen;
  };

  it("installs both programs, and --uninstall removes both with their folders", () => {
    install();
    assert.ok(lstatSync(program()).size < small);
    assert.ok(lstatSync(behind()).size > small);
    assert.match(helperName(), /^it is this program, version \S+, with native front$/);
    install("--uninstall");
    assert.equal(existsSync(installer.prefix), false);
  });

  it("replaces two programs with one if the C compiler is gone, and installs two again", () => {
    install();
    installer.withoutFront();
    install();
    assert.ok(lstatSync(program()).size > small);
    assert.deepEqual(readdirSync(installer.prefix).sort(), ["bin", "lib", "share"]);
    assert.deepEqual(readdirSync(join(installer.prefix, "lib")), []);
    assert.match(helperName(), /, no native front$/);
    install("--uninstall");
    assert.equal(existsSync(installer.prefix), false);
  });

  it("serves the same token with and without it, and with it also if the other program is missing", async () => {
    install();
    const secret = await installer.token();
    assert.equal(await installer.token(), secret);
    rmSync(behind());
    assert.equal(await installer.token(), secret);
    installer.withoutFront();
    install();
    assert.equal(await installer.token(), secret);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
  });
});
