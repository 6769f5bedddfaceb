import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { needs } from "../support/e2e/needs.ts";
import { programPath } from "../support/program/program.ts";
import { keys, otherRegistry, registry, useStanding } from "../support/program/standing.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";
import { offers, shells } from "../support/shells/offers.ts";

describe("completion", () => {
  const standing = useStanding();

  /** A user with a registry in config.yaml and another one discovered from use. */
  async function keeper(): Promise<User> {
    const user = standing.user(keys("bob"));
    answered(await user.get(otherRegistry), otherRegistry);
    const entry = `registries:\n  - account: "111122223333"\n    regions: [us-east-1]\n`;
    user.write(configPath, `version: 1\n${entry}`);
    return user;
  }

  for (const shell of shells) {
    describe(`in ${shell}`, function () {
      this.timeout(120_000);
      needs(shell);
      const folder = mkdtempSync(join(tmpdir(), "ecr-completion-"));
      after(() => rmSync(folder, { recursive: true, force: true }));

      async function offered(user: User, line: string): Promise<string[]> {
        const { stdout, exitCode } = await user.run(["completion", shell]);
        assert.equal(exitCode, 0);
        const env = { HOME: user.home, PATH: `${dirname(programPath())}:/usr/bin:/bin` };
        return offers(shell, folder, stdout, `docker-credential-ecr ${line}`, env);
      }

      it("offers the commands that the help lists", async () => {
        const user = standing.user();
        const { stdout } = await user.run(["--help"]);
        const listed = [...(stdout.split("Commands:\n")[1] ?? "").matchAll(/^ {2}([a-z-]+) {2,}/gm)];
        assert.ok(listed.length >= 6);
        assert.deepEqual(await offered(user, ""), listed.map(([, name]) => name).toSorted());
      });

      it("offers the managed registries, without network requests", async () => {
        const user = await keeper();
        const calls = standing.calls();
        assert.deepEqual(await offered(user, "refresh "), [registry, otherRegistry]);
        assert.deepEqual(await offered(user, "configure-docker --all 4"), [otherRegistry]);
        assert.equal(standing.calls(), calls);
      });
    });
  }

  it("--registries names registries with tokens if config.yaml can't be read, without other output", async () => {
    const user = await keeper();
    user.write(configPath, "no config");
    const { stdout, stderr, exitCode } = await user.run(["completion", "--registries"]);
    assert.deepEqual({ stdout, stderr, exitCode }, { stdout: `${otherRegistry}\n`, stderr: "", exitCode: 0 });
    assert.deepEqual((await standing.user().run(["completion", "--registries"])).stdout, "");
  });

  it("names the supported shells", async () => {
    const user = standing.user();
    const none = await user.run(["completion"]);
    assert.match(none.stderr, /bash, zsh or fish\. \[USAGE\]\n$/);
    const other = await user.run(["completion", "tcsh"]);
    assert.match(other.stderr, /Allowed choices are bash, zsh, fish/);
    assert.deepEqual([none.exitCode, other.exitCode], [1, 1]);
  });
});
