import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultCast } from "../support/aws/cast.ts";
import { userNamed } from "../support/aws/sdk.ts";
import { controls, tokensAsked } from "../support/e2e/aws.ts";
import { succeeded } from "../support/e2e/command.ts";
import { machine } from "../support/e2e/hooks.ts";
import { appRegistry } from "../support/e2e/names.ts";
import { needs } from "../support/e2e/needs.ts";
import { type Account, type ManagedUser, newAccount, startUserManager } from "../support/e2e/user-manager.ts";
import { eventually } from "../support/eventually.ts";
import { ini } from "../support/program/user.ts";

const config = `version: 1
identities: { alice: { profile: alice } }
registries: [{ account: "111122223333", regions: [us-east-1], identity: alice }]
`;

describe("service with a real systemd", () => {
  needs("systemctl");

  const helper = () => join(machine().path.split(":")[0] ?? "", "docker-credential-ecr");

  /** Alice's files for somebody. */
  function asAlice(user: Account): void {
    const { accessKeyId, secretAccessKey } = userNamed(defaultCast.users, "alice");
    const keys = { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey };
    user.write(".aws/credentials", ini({ alice: keys }));
    user.write(".config/docker-credential-ecr/config.yaml", config);
  }

  const statusOf = (pid: string) => readFileSync(`/proc/${pid}/status`, "utf8");

  describe("of a user", () => {
    let ci: ManagedUser;
    before(async () => {
      ci = await startUserManager(newAccount("ci", 4242), helper());
      asAlice(ci);
    });
    after(() => ci?.stop());

    // What a unit has to quote, and a proxy that nobody may read.
    const state = () => `${ci.home}/state 100%h "$HOME" 'é\\`;
    const shellOf = () => ({ XDG_STATE_HOME: state(), AWS_PROFILE: "mallory" });
    const service = (...args: readonly string[]) => ci.run([ci.program, "service", ...args], shellOf());
    const mainPid = async () =>
      (await ci.run(["systemctl", "--user", "show", "-P", "MainPID", "docker-credential-ecr"])).stdout.trim();

    it("stores tokens before the first build, and is restarted after a failure", async () => {
      controls().reset();
      const trap = ci.write("trap.js", `require("fs").writeFileSync("${ci.home}/sprung", "")`);
      // As a desktop that hands its session's environment on to the manager.
      succeeded(await ci.run(["systemctl", "--user", "set-environment", `BUN_OPTIONS=--preload=${trap}`]));
      const installed = succeeded(await service("install", "--splay", "1s"));
      assert.match(installed.stdout, /active \(running\), enabled, process \d+/);
      await eventually("its token is there", () =>
        existsSync(`${state()}/docker-credential-ecr/tokens/${appRegistry}.entry`),
      );
      assert.equal(existsSync(`${ci.home}/sprung`), false, "no code of the session's runs in the service");
      assert.equal(tokensAsked().length, 1);
      controls().fail("GetAuthorizationToken");
      const got = await ci.run(["sh", "-c", `echo ${appRegistry} | ${ci.program} get`], {
        XDG_STATE_HOME: state(),
      });
      assert.match(succeeded(got).stdout, /"Username":"AWS"/);
      controls().clear();

      const shown = succeeded(await service("status"));
      assert.match(shown.stdout, /1 registry managed, 0 failures\nheartbeat: \d+s ago, process \d+\n$/);
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
      await eventually("it runs again", async () => !["0", before].includes(await mainPid()));
      await eventually("it is ready again", async () => (await service("status")).exitCode === 0);
    });

    it("is removed without a trace, except the user's own settings", async () => {
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

  // A system's own manager can't be had here. Root's runs services of other users as well, with all that a unit
  // of the system may ask for; this systemctl leads to it.
  describe("of the system", () => {
    let root: ManagedUser;
    let builder: Account;
    const name = "docker-credential-ecr-builder";
    const unit = `/etc/systemd/system/${name}.service`;
    before(async () => {
      builder = newAccount("builder", 4243);
      asAlice(builder);
      const account = newAccount("root", 0);
      mkdirSync(`${account.home}/.config/systemd`, { recursive: true });
      symlinkSync("/etc/systemd/system", `${account.home}/.config/systemd/user`);
      const bin = join(machine().folder, "systemctl-of-root");
      mkdirSync(bin);
      writeFileSync(join(bin, "systemctl"), '#!/bin/sh\nexec /usr/bin/systemctl --user "$@"\n', {
        mode: 0o755,
      });
      root = await startUserManager(account, helper());
      // What only a system's manager does: it covers with these what a unit must not see, and listens for all users.
      const cover = "mkdir -p inaccessible/dir; cd inaccessible; touch reg; mknod chr c 0 0; chmod 0 *";
      const listen = "chmod 711 /run/user/0 /run/user/0/systemd; chmod 777 /run/user/0/systemd/notify";
      succeeded(await root.run(["sh", "-ec", `${listen}; cd /run/systemd; ${cover}`]));
      path = `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`;
    });
    after(() => root?.stop());
    let path = "";
    const service = (verb: string, ...args: readonly string[]) =>
      root.run([root.program, "service", verb, "--system", "--user", "builder", ...args], { PATH: path });
    const pid = async () =>
      (await root.run(["systemctl", "--user", "show", "-P", "MainPID", name])).stdout.trim();

    it("runs as its user, who can use the tokens, within the restrictions of its unit", async () => {
      succeeded(await service("install", "--splay", "1s"));
      const tokens = `${builder.home}/.local/state/docker-credential-ecr/tokens`;
      await eventually("its token is there", () => existsSync(`${tokens}/${appRegistry}.entry`));
      assert.equal(statSync(tokens).uid, 4243);
      const status = statusOf(await pid());
      assert.match(status, /^Uid:\s+4243\s+4243/m);
      assert.match(status, /^CapBnd:\s+0+$/m);
      const mounts = readFileSync(`/proc/${await pid()}/mountinfo`, "utf8");
      for (const folder of ["/usr", "/etc"]) assert.match(mounts, new RegExp(` ${folder} ro[, ]`), folder);
      succeeded(await service("status"));
    });

    it("allows setuid programs with the drop-in of the documentation", async () => {
      const documented = readFileSync(new URL("../../docs/service.md", import.meta.url), "utf8");
      const [, dropIn] = [...documented.matchAll(/^```ini\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);
      assert.match(dropIn ?? "", /NoNewPrivileges=no/);
      const more = ["Hostname", "KernelLogs", "KernelModules", "KernelTunables"].map(
        (each) => `Protect${each}=no\n`,
      );
      mkdirSync(`${unit}.d`);
      writeFileSync(
        `${unit}.d/loose.conf`,
        `${dropIn?.replace("/etc/docker", "/etc/systemd")}${more.join("")}`,
      );
      succeeded(await root.run(["systemctl", "--user", "daemon-reload"]));
      succeeded(await root.run(["systemctl", "--user", "restart", name]));
      assert.match(statusOf(await pid()), /^NoNewPrivs:\s+0$/m);
    });

    it("is removed by uninstall", async () => {
      succeeded(await service("uninstall"));
      assert.ok(!existsSync(unit));
      assert.equal((await service("status")).exitCode, 4);
    });
  });
});
