import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultCast } from "../support/aws/cast.ts";
import { userNamed } from "../support/aws/sdk.ts";
import { controls, tokensAsked } from "../support/e2e/aws.ts";
import { succeeded } from "../support/e2e/command.ts";
import { machine } from "../support/e2e/hooks.ts";
import { appRegistry } from "../support/e2e/names.ts";
import { needs } from "../support/e2e/needs.ts";
import { until } from "../support/e2e/poll.ts";
import { type ManagedUser, startUserManager } from "../support/e2e/user-manager.ts";
import { ini } from "../support/program/user.ts";

const config = `version: 1
identities: { alice: { profile: alice } }
registries: [{ account: "111122223333", regions: [us-east-1], identity: alice }]
`;

describe("service under a real systemd", () => {
  needs("systemctl");

  /** Alice's files for somebody. */
  function asAlice(user: ManagedUser): void {
    const { accessKeyId, secretAccessKey } = userNamed(defaultCast.users, "alice");
    const keys = { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey };
    user.write(".aws/credentials", ini({ alice: keys }));
    user.write(".config/docker-credential-ecr/config.yaml", config);
  }

  const statusOf = (pid: string) => readFileSync(`/proc/${pid}/status`, "utf8");

  describe("of a user", () => {
    let ci: ManagedUser;
    before(async () => {
      ci = await startUserManager(
        "ci",
        4242,
        join(machine().path.split(":")[0] ?? "", "docker-credential-ecr"),
      );
      asAlice(ci);
    });
    after(() => ci?.stop());

    // What a unit has to quote, and a proxy that nobody may read.
    const state = () => `${ci.home}/state 100%h "$HOME" 'é\\`;
    const shellOf = () => ({ XDG_STATE_HOME: state(), AWS_PROFILE: "mallory" });
    const service = (...args: readonly string[]) => ci.run([ci.program, "service", ...args], shellOf());
    const mainPid = async () =>
      (await ci.run(["systemctl", "--user", "show", "-P", "MainPID", "docker-credential-ecr"])).stdout.trim();

    it("keeps tokens where builds look, before any build asks, and stands up again", async () => {
      controls().reset();
      const installed = succeeded(await service("install", "--splay", "1s"));
      assert.match(installed.stdout, /active \(running\), enabled, process \d+/);
      await until("its token is there", () =>
        existsSync(`${state()}/docker-credential-ecr/tokens/${appRegistry}.json`),
      );
      assert.equal(tokensAsked().length, 1);
      controls().fail("GetAuthorizationToken");
      const got = await ci.run(["sh", "-c", `echo ${appRegistry} | ${ci.program} get`], {
        XDG_STATE_HOME: state(),
      });
      assert.match(succeeded(got).stdout, /"Username":"AWS"/);
      controls().clear();

      const shown = succeeded(await service("status"));
      assert.match(shown.stdout, /1 registries kept, 0 failures\nheartbeat: \d+s ago, process \d+\n$/);
      const before = await mainPid();
      assert.match(statusOf(before), /^NoNewPrivs:\s+1$/m);
      assert.match(statusOf(before), /^Seccomp:\s+2$/m);
      assert.match(readFileSync(`/proc/${before}/limits`, "utf8"), /^Max core file size\s+0\s+0/m);

      succeeded(await service("install", "--splay", "1s"));
      assert.equal(await mainPid(), before, "an unchanged unit is left running");
      succeeded(await ci.run(["systemctl", "--user", "reload", "docker-credential-ecr"]));
      assert.equal(await mainPid(), before);

      // Half a minute is too long for a test; in a drop-in, as its user would set it.
      ci.write(
        ".config/systemd/user/docker-credential-ecr.service.d/quick.conf",
        "[Service]\nRestartSec=100ms\n",
      );
      succeeded(await ci.run(["systemctl", "--user", "daemon-reload"]));
      succeeded(await ci.run(["kill", "-KILL", before]));
      await until("it runs again", async () => !["0", before].includes(await mainPid()));
      await until("it is ready again", async () => (await service("status")).exitCode === 0);
    });

    it("goes without a trace but for its user's own settings", async () => {
      const pid = await mainPid();
      const { stdout } = succeeded(await service("uninstall"));
      assert.match(stdout, /your own settings stay/);
      assert.ok(pid === "0" || !existsSync(`/proc/${pid}`));
      const left = await ci.run(["find", `${ci.home}/.config/systemd`, "-type", "f", "-o", "-type", "l"]);
      assert.deepEqual(left.stdout.trim().split("\n"), [
        `${ci.home}/.config/systemd/user/docker-credential-ecr.service.d/quick.conf`,
      ]);
      assert.equal((await service("status")).exitCode, 4);
    });
  });
});
