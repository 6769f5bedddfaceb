import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { controls, tokensAsked } from "../../support/e2e/aws.ts";
import { BootedSystem, patience } from "../../support/e2e/booted-system.ts";
import { succeeded } from "../../support/e2e/command.ts";
import { machine } from "../../support/e2e/hooks.ts";
import { appRegistry } from "../../support/e2e/names.ts";
import { needs } from "../../support/e2e/needs.ts";
import { placeRelease } from "../../support/e2e/place-release.ts";
import { ci, writeConfig } from "../../support/e2e/service-user.ts";
import { eventually } from "../../support/eventually.ts";

const program = "/usr/local/bin/docker-credential-ecr";
const token = `${ci.home}/.local/state/docker-credential-ecr/tokens/${appRegistry}.entry`;
/** Without an identity, the instance role is used. */
const config = `version: 1
registries: [{ account: "111122223333", regions: [us-east-1] }]
`;

describe("a daemon with the instance role", function () {
  // Each test waits for several steps of systemd.
  this.timeout(400_000);
  needs("systemctl");

  let system: BootedSystem;
  before(async () => {
    system = new BootedSystem("instance", [ci]);
    writeConfig(system, ci, config, []);
    await system.boot(crypto.randomUUID());
    succeeded(await system.run(["bash", placeRelease(system)]));
    succeeded(await system.run(["loginctl", "enable-linger", ci.name]));
  });
  after(() => system?.stop());

  const asCi = (...command: readonly string[]) =>
    system.runAs(ci, command, { AWS_EC2_METADATA_SERVICE_ENDPOINT: machine().aws.urls.imds });
  const systemctl = (...args: readonly string[]) => asCi("systemctl", "--user", ...args);
  const get = () => asCi("sh", "-c", `echo ${appRegistry} | ${program} get`);

  it("uses its token again after a restart in the same boot, as builds do", async () => {
    controls().reset();
    await eventually(
      "the user's manager runs",
      async () => (await systemctl("is-active", "default.target")).exitCode === 0,
      patience,
    );
    succeeded(await asCi(program, "service", "install", "--splay", "1s"));
    await eventually("its token is stored", () => existsSync(system.path(token)), patience);
    assert.match(succeeded(await get()).stdout, /"Username":"AWS"/);
    succeeded(await systemctl("restart", "docker-credential-ecr"));
    assert.match(succeeded(await get()).stdout, /"Username":"AWS"/);
    assert.equal(tokensAsked().length, 1);
  });

  it("renews it after a reboot before a build needs it", async () => {
    const before = readFileSync(system.path(token), "utf8");
    await system.reboot(crypto.randomUUID());
    const isNew = () => readFileSync(system.path(token), "utf8") !== before;
    await eventually("a token of this boot is stored", isNew, patience);
    assert.match(succeeded(await get()).stdout, /"Username":"AWS"/);
    assert.equal(tokensAsked().length, 2);
  });
});
