import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { controls, tokensAsked } from "../../support/e2e/aws.ts";
import { BootedSystem, patience } from "../../support/e2e/booted-system.ts";
import { succeeded } from "../../support/e2e/command.ts";
import { appRegistry } from "../../support/e2e/names.ts";
import { needs } from "../../support/e2e/needs.ts";
import { placeRelease } from "../../support/e2e/place-release.ts";
import { ci, writeConfig } from "../../support/e2e/service-user.ts";
import { eventually } from "../../support/eventually.ts";

const program = "/usr/local/bin/docker-credential-ecr";
const unit = "docker-credential-ecr";

describe("a user service with a real systemd", function () {
  // Each test waits for several steps of systemd.
  this.timeout(400_000);
  needs("systemctl");

  let system: BootedSystem;
  before(async () => {
    system = new BootedSystem("user-service", [ci]);
    writeConfig(system, ci);
    await system.boot();
    // Without registries, it does not configure Docker.
    succeeded(await system.run(["bash", placeRelease(system)]));
  });
  after(() => system?.stop());

  // What a unit has to quote, and a proxy that other users must not read.
  const state = `${ci.home}/state 100%h "$HOME" 'é\\`;
  const token = `${state}/docker-credential-ecr/tokens/${appRegistry}.entry`;
  const shell = { XDG_STATE_HOME: state, AWS_PROFILE: "mallory" };
  const asCi = (...command: readonly string[]) => system.runAs(ci, command, shell);
  const service = (...args: readonly string[]) => asCi(program, "service", ...args);
  const systemctl = (...args: readonly string[]) => asCi("systemctl", "--user", ...args);
  const mainPid = async () => (await systemctl("show", "-P", "MainPID", unit)).stdout.trim();
  const get = () => asCi("sh", "-c", `echo ${appRegistry} | ${program} get`);

  /** A process in the system. */
  async function processFile(pid: string, file: string): Promise<string> {
    return succeeded(await system.run(["cat", `/proc/${pid}/${file}`])).stdout;
  }

  async function restartedAfter(signal: string): Promise<void> {
    const before = await mainPid();
    succeeded(await asCi("kill", `-${signal}`, before));
    await eventually("it runs again", async () => !["0", before].includes(await mainPid()), patience);
    await eventually("it is ready again", async () => (await service("status")).exitCode === 0, patience);
  }

  it("is refused where the user has no service manager", async () => {
    const { exitCode, stderr } = await service("install");
    assert.equal(exitCode, 1);
    assert.match(stderr, /NO_USER_MANAGER/);
  });

  it("stores tokens before the first build", async () => {
    controls().reset();
    // As while the user is logged in.
    succeeded(await system.run(["systemctl", "start", `user@${ci.uid}`]));
    const trap = system.write(ci, "trap.js", `require("fs").writeFileSync("${ci.home}/sprung", "")`);
    // Desktops pass the environment of a session to the manager.
    succeeded(await systemctl("set-environment", `BUN_OPTIONS=--preload=${trap}`));
    const installed = succeeded(await service("install", "--splay", "1s"));
    assert.match(installed.stdout, /active \(running\), enabled, process \d+/);
    assert.match(installed.stderr, /ends with the last session of ci; .* loginctl enable-linger ci$/m);
    await eventually("its token is stored", () => existsSync(system.path(token)), patience);
    assert.equal(
      existsSync(system.path(`${ci.home}/sprung`)),
      false,
      "code of the session runs in the service",
    );
    assert.equal(tokensAsked().length, 1);
    controls().fail("GetAuthorizationToken");
    assert.match(succeeded(await get()).stdout, /"Username":"AWS"/);
    controls().clear();
    const shown = succeeded(await service("status"));
    assert.match(shown.stdout, /1 registry managed, 0 failures\nheartbeat: .* ago, process \d+\n$/);
  });

  it("runs within the restrictions of its unit", async () => {
    const pid = await mainPid();
    assert.match(await processFile(pid, "status"), /^NoNewPrivs:\s+1$/m);
    assert.match(await processFile(pid, "status"), /^Seccomp:\s+2$/m);
    assert.match(await processFile(pid, "limits"), /^Max core file size\s+0\s+0/m);
  });

  it("is left running if nothing has changed", async () => {
    const before = await mainPid();
    succeeded(await service("install", "--splay", "1s"));
    assert.equal(await mainPid(), before);
    succeeded(await systemctl("reload", unit));
    assert.equal(await mainPid(), before);
  });

  it("shows its log to its user, by the commands of the documentation", async () => {
    const documented = readFileSync(new URL("../../../docs/service.md", import.meta.url), "utf8");
    const [, block = ""] = /^```sh\n(journalctl --user[\s\S]*?)^```$/m.exec(documented) ?? [];
    const [, byRegistry = ""] = block.split("\n");
    assert.match(byRegistry, / REGISTRY=/);
    succeeded(await system.run(["journalctl", "--sync"]));
    const log = await asCi("sh", "-c", byRegistry);
    assert.match(succeeded(log).stdout, /renewed/);
  });

  it("is started by systemd after a crash", async () => {
    // Half a minute is too long for a test. A drop-in is the documented way to change it.
    const dropIn = `.config/systemd/user/${unit}.service.d/quick.conf`;
    system.write(ci, dropIn, "[Service]\nRestartSec=100ms\n");
    succeeded(await systemctl("daemon-reload"));
    await restartedAfter("KILL");
    assert.equal(tokensAsked().length, 1, "its token is used again");

    system.write(ci, dropIn, "[Service]\nRestartSec=1h\n");
    succeeded(await systemctl("daemon-reload"));
    const pid = await mainPid();
    succeeded(await asCi("kill", "-KILL", pid));
    await eventually("systemd noticed", async () => (await mainPid()) === "0", patience);
    const crashed = await service("status");
    assert.equal(crashed.exitCode, 3);
    assert.match(crashed.stdout, /: activating \(auto-restart\), enabled, restarted 1 times/);
    const { stdout } = await asCi(program, "status");
    assert.match(stdout, new RegExp(`^daemon: not running: process ${pid} was killed or crashed$`, "m"));
    assert.match(succeeded(await get()).stdout, /"Username":"AWS"/);
    succeeded(await systemctl("restart", unit));
    assert.match((await asCi(program, "status")).stdout, /^daemon: running, process \d+, version /m);
  });

  it("comes back by itself after a reboot, if the user lingers", async () => {
    succeeded(await system.run(["loginctl", "enable-linger", ci.name]));
    assert.doesNotMatch(succeeded(await service("install", "--splay", "1s")).stderr, /linger/);
    controls().reset();
    await system.reboot();
    await eventually("it runs", async () => (await service("status")).exitCode === 0, patience);
    await eventually("its first pass is done", async () =>
      /heartbeat: .* ago, process/.test((await service("status")).stdout),
    );
    assert.match(succeeded(await get()).stdout, /"Username":"AWS"/);
    assert.deepEqual(tokensAsked(), [], "a token of a user's keys is valid in every boot");
  });

  it("is removed without a trace, except the user's own settings", async () => {
    const pid = await mainPid();
    const { stdout } = succeeded(await service("uninstall"));
    assert.match(stdout, /your own settings stay/);
    assert.notEqual((await system.run(["test", "-e", `/proc/${pid}`])).exitCode, 0);
    const left = await asCi("find", `${ci.home}/.config/systemd`, "-type", "f", "-o", "-type", "l");
    assert.deepEqual(left.stdout.trim().split("\n"), [
      `${ci.home}/.config/systemd/user/docker-credential-ecr.service.d/quick.conf`,
    ]);
    assert.equal((await service("status")).exitCode, 4);
  });
});
