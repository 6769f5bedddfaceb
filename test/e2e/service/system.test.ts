import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { version } from "../../../package.json";
import { controls, tokensAsked } from "../../support/e2e/aws.ts";
import { BootedSystem, patience } from "../../support/e2e/booted-system.ts";
import { succeeded } from "../../support/e2e/command.ts";
import { appRegistry } from "../../support/e2e/names.ts";
import { needs } from "../../support/e2e/needs.ts";
import { formerVersion, placeRelease } from "../../support/e2e/place-release.ts";
import { builder, writeConfig } from "../../support/e2e/service-user.ts";
import { eventually } from "../../support/eventually.ts";

const program = "/usr/local/bin/docker-credential-ecr";
const name = "docker-credential-ecr-builder";
const unit = `/etc/systemd/system/${name}.service`;
const tokens = `${builder.home}/.local/state/docker-credential-ecr/tokens`;

describe("a system service with a real systemd", function () {
  // Each test waits for several steps of systemd.
  this.timeout(400_000);
  needs("systemctl");

  let system: BootedSystem;
  before(async () => {
    system = new BootedSystem("system-service", [builder]);
    writeConfig(system, builder);
    await system.boot();
  });
  after(() => system?.stop());

  const ofBuilder = ["--system", "--user", "builder"];
  const service = (verb: string) => system.run([program, "service", verb, ...ofBuilder]);
  const systemctl = (...args: readonly string[]) => system.run(["systemctl", ...args]);
  const shown = async (property: string) => (await systemctl("show", "-P", property, name)).stdout.trim();
  const mainPid = () => shown("MainPID");
  const asBuilder = (...command: readonly string[]) => system.runAs(builder, command);
  const get = () => asBuilder("sh", "-c", `echo ${appRegistry} | ${program} get`);
  const processFile = async (file: string) =>
    succeeded(await system.run(["cat", `/proc/${await mainPid()}/${file}`])).stdout;

  function setDropIn(text: string): void {
    mkdirSync(system.path(`${unit}.d`), { recursive: true });
    writeFileSync(system.path(`${unit}.d/test.conf`), text);
  }

  it("runs as its user, who can use the tokens", async () => {
    controls().reset();
    succeeded(await system.run(["bash", placeRelease(system, formerVersion)]));
    succeeded(await system.run([program, "service", "install", ...ofBuilder, "--splay", "1s"]));
    const token = `${tokens}/${appRegistry}.entry`;
    await eventually("its token is stored", () => existsSync(system.path(token)), patience);
    assert.equal(statSync(system.path(tokens)).uid, builder.uid);
    assert.match(await processFile("status"), /^Uid:\s+4243\s+4243/m);
    assert.match(succeeded(await get()).stdout, /"Username":"AWS"/);
    assert.equal(tokensAsked().length, 1);
    succeeded(await service("status"));
  });

  it("runs within the restrictions of its unit", async () => {
    const status = await processFile("status");
    assert.match(status, /^CapBnd:\s+0+$/m);
    assert.match(status, /^NoNewPrivs:\s+1$/m);
    assert.match(status, /^Seccomp:\s+2$/m);
    const mounts = await processFile("mountinfo");
    for (const folder of ["/usr", "/etc"]) assert.match(mounts, new RegExp(` ${folder} ro[, ]`), folder);
  });

  it("is restarted by an upgrade, and uses its tokens further", async () => {
    const before = await mainPid();
    const { stdout } = succeeded(await system.run(["bash", placeRelease(system)]));
    assert.match(stdout, new RegExp(`^version ${version} replaces version ${formerVersion}$`, "m"));
    assert.match(stdout, /^restarted, since it ran an older program: .* active \(running\)/m);
    assert.notEqual(await mainPid(), before);
    const report = JSON.parse((await asBuilder(program, "status", "--json")).stdout);
    assert.equal(report.daemon.program, version);
    assert.equal(report.daemon.outdated, false);
    assert.match(succeeded(await get()).stdout, /"Username":"AWS"/);
    assert.equal(tokensAsked().length, 1);
    // Once more: there is nothing to restart.
    const after = await mainPid();
    assert.doesNotMatch(succeeded(await service("restart")).stdout, /restarted/);
    assert.equal(await mainPid(), after);
  });

  it("is ended and started again by systemd when it hangs", async () => {
    // Five minutes are too long for a test. systemd itself stops the daemon as soon as it is ready.
    const stop = "ExecStartPost=/bin/kill -STOP $MAINPID";
    setDropIn(`[Service]\nWatchdogSec=2s\nRestartSec=100ms\n${stop}\n`);
    succeeded(await systemctl("daemon-reload"));
    succeeded(await systemctl("restart", name));
    const hanging = await mainPid();
    await eventually("another process runs", async () => !["0", hanging].includes(await mainPid()), patience);
    setDropIn("");
    succeeded(await systemctl("daemon-reload"));
    succeeded(await systemctl("restart", name));
    const entries = await system.journal("_PID=1", `UNIT=${name}.service`);
    const messages = entries.map(({ MESSAGE }) => MESSAGE);
    assert.ok(messages.some((message) => /^\S+: Watchdog timeout \(limit 2s\)!$/.test(message ?? "")));
    assert.match(succeeded(await get()).stdout, /"Username":"AWS"/);
    assert.equal(tokensAsked().length, 1);
  });

  it("allows setuid programs with the drop-in of the documentation", async () => {
    const documented = readFileSync(new URL("../../../docs/service.md", import.meta.url), "utf8");
    const [, dropIn = ""] = [...documented.matchAll(/^```ini\n([\s\S]*?)^```$/gm)].map(
      ([, text = ""]) => text,
    );
    assert.match(dropIn, /NoNewPrivileges=no/);
    const protect = ["Hostname", "KernelLogs", "KernelModules", "KernelTunables"];
    const more = protect.map((each) => `Protect${each}=no\n`).join("");
    setDropIn(`${dropIn.replace("/etc/docker", "/etc/systemd")}${more}`);
    succeeded(await systemctl("daemon-reload"));
    succeeded(await systemctl("restart", name));
    assert.match(await processFile("status"), /^NoNewPrivs:\s+0$/m);
  });

  it("comes back by itself after a reboot", async () => {
    await system.reboot();
    await eventually("it runs", async () => (await service("status")).exitCode === 0, patience);
    assert.match(succeeded(await get()).stdout, /"Username":"AWS"/);
    assert.equal(tokensAsked().length, 1, "a token of a user's keys is valid in every boot");
  });

  it("is removed by uninstall", async () => {
    succeeded(await service("uninstall"));
    assert.ok(!existsSync(system.path(unit)));
    assert.equal((await service("status")).exitCode, 4);
  });
});
