import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { Installer } from "../support/program/installer.ts";
import { hasFront } from "../support/program/program.ts";
import { keys, useStanding } from "../support/program/standing.ts";

/** An upgrade that is interrupted: the program works before the next attempt, and that completes the upgrade. */
describe("install.sh that is interrupted", function () {
  this.timeout(300_000);
  const standing = useStanding();
  let installer: Installer;
  beforeEach(() => {
    installer = new Installer(standing.user(keys("alice")));
  });

  const program = () => join(installer.bin, "docker-credential-ecr");
  const main = () => join(installer.prefix, "lib/docker-credential-ecr/docker-credential-ecr");
  function install(env: Record<string, string> = {}) {
    return installer.run([], env);
  }

  /** A folder for the front of PATH, whose `mv` ends install.sh, as a power failure does, at its n-th call. */
  function endingAt(move: number): Record<string, string> {
    const count = join(installer.user.home, "moves");
    writeFileSync(count, "");
    const script = `#!/bin/bash\nprintf . >>'${count}'\n[ "$(wc -c <'${count}')" -lt ${move} ] || { kill -KILL $PPID; exit 1; }\nexec /bin/mv "$@"\n`;
    const mv = installer.user.write("ending/mv", script);
    chmodSync(mv, 0o755);
    return { PATH: `${join(installer.user.home, "ending")}:${installer.path}` };
  }

  for (const move of [1, 2, 3]) {
    it(`at the move ${move} of its files leaves a program that works, and the next run completes it`, async () => {
      assert.equal(install().status, 0);
      const token = await installer.token();
      const before = readFileSync(program());
      assert.equal(install(endingAt(move)).status, null);
      assert.equal(await installer.token(), token);
      assert.equal(standing.count("GetAuthorizationToken"), 1);
      const { stdout } = spawnSync(program(), ["version"], { env: installer.user.env, encoding: "utf8" });
      assert.match(stdout, new RegExp(` ${version}\\n$`));
      assert.equal(install().status, 0);
      assert.deepEqual(readFileSync(program()), before);
      assert.equal(await installer.token(), token);
      assert.equal(installer.run(["--uninstall"]).status, 0);
      assert.equal(existsSync(program()), false);
      assert.equal(existsSync(main()), false);
    });
  }

  it("between its two programs: the front of one version starts the main program of another", async function () {
    if (!hasFront) return this.skip();
    assert.equal(install().status, 0);
    const token = await installer.token();
    // As if the next version was installed, and only its main program had been moved.
    rmSync(main());
    writeFileSync(main(), '#!/bin/sh\necho "main of the next version: $*"\n', { mode: 0o755 });
    assert.equal(await installer.token(), token, "a stored token needs the front only");
    const status = spawnSync(program(), ["status"], { env: installer.user.env, encoding: "utf8" });
    assert.equal(status.stdout, "main of the next version: status\n");
    assert.equal(install().status, 0);
    assert.match(
      spawnSync(program(), ["version"], { env: installer.user.env, encoding: "utf8" }).stdout,
      new RegExp(` ${version}\\n$`),
    );
  });
});
