import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { systemUnit, userUnit } from "../../../scripts/release/linux-tree.ts";
import { controls, tokensAsked } from "../../support/e2e/aws.ts";
import { BootedSystem, patience } from "../../support/e2e/booted-system.ts";
import { succeeded } from "../../support/e2e/command.ts";
import { appRegistry } from "../../support/e2e/names.ts";
import { needs } from "../../support/e2e/needs.ts";
import { placeRelease } from "../../support/e2e/place-release.ts";
import { builder, ci, writeConfig } from "../../support/e2e/service-user.ts";
import { eventually } from "../../support/eventually.ts";

/** The packages install the program in /usr, which this system shares with the machine. */
const placed = (unit: string) =>
  unit.replace("/usr/bin/", "/usr/local/bin/").replace("--splay 2m", "--splay 1s");

describe("the units of the packages with a real systemd", function () {
  // Each test waits for several steps of systemd.
  this.timeout(400_000);
  needs("systemctl");

  let system: BootedSystem;
  before(async () => {
    system = new BootedSystem("package", [ci, builder]);
    for (const account of [ci, builder]) writeConfig(system, account);
    for (const [kind, unit] of Object.entries({ system: systemUnit(), user: userUnit() })) {
      mkdirSync(system.path(`/usr/local/lib/systemd/${kind}`), { recursive: true });
      const name = `docker-credential-ecr${kind === "system" ? "@" : ""}.service`;
      writeFileSync(system.path(`/usr/local/lib/systemd/${kind}/${name}`), placed(unit));
    }
    mkdirSync(system.path("/etc/default"));
    writeFileSync(system.path("/etc/default/docker-credential-ecr"), "NO_PROXY=169.254.169.254\n");
    await system.boot();
    succeeded(await system.run(["bash", placeRelease(system)]));
  });
  beforeEach(() => controls().reset());
  after(() => system?.stop());

  const isStored = (home: string) => () =>
    existsSync(system.path(`${home}/.local/state/docker-credential-ecr/tokens/${appRegistry}.entry`));

  it("keep the tokens of a user fresh, with the variables of /etc/default", async () => {
    const unit = "docker-credential-ecr@builder";
    succeeded(await system.run(["systemctl", "enable", "--now", unit]));
    await eventually("its token is stored", isStored(builder.home), patience);
    const pid = succeeded(await system.run(["systemctl", "show", "-P", "MainPID", unit])).stdout.trim();
    const { stdout } = succeeded(await system.run(["cat", `/proc/${pid}/environ`]));
    assert.ok(stdout.split("\0").includes("NO_PROXY=169.254.169.254"), stdout);
    const get = `echo ${appRegistry} | docker-credential-ecr get`;
    const got = await system.runAs(builder, ["sh", "-c", get]);
    assert.match(succeeded(got).stdout, /"Username":"AWS"/);
    assert.equal(tokensAsked().length, 1);
  });

  it("are enabled by a user for the user's own tokens", async () => {
    succeeded(await system.run(["systemctl", "start", `user@${ci.uid}`]));
    const enable = ["systemctl", "--user", "enable", "--now", "docker-credential-ecr"];
    succeeded(await system.runAs(ci, enable));
    await eventually("its token is stored", isStored(ci.home), patience);
    assert.equal(tokensAsked().length, 1);
  });
});
