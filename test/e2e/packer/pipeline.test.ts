import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultCast } from "../../support/aws/cast.ts";
import { userNamed } from "../../support/aws/sdk.ts";
import { controls, pulledAs, tokensAsked } from "../../support/e2e/aws.ts";
import { failed, succeeded } from "../../support/e2e/command.ts";
import { makeImage, removeImage } from "../../support/e2e/images.ts";
import { appRegistry, bobsRegistry, farRegistry } from "../../support/e2e/names.ts";
import { needs } from "../../support/e2e/needs.ts";
import { example, packerEnvironment } from "../../support/e2e/packer.ts";
import { newTester, type Tester } from "../../support/e2e/user.ts";

const from = "pipeline-from:1";

/**
 * A build host as examples/config.yaml has it: profile `ci` for its own account, a role in every other.
 *
 * @param role its name in the other accounts. That of the example does not exist in the stand-in's; `ecr-pull` may push.
 */
function newBuildHost(role: string): Tester {
  const host = newTester();
  const { accessKeyId, secretAccessKey } = userNamed(defaultCast.users, "alice");
  mkdirSync(join(host.home, ".aws"));
  writeFileSync(
    join(host.home, ".aws", "credentials"),
    `[ci]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  );
  const folder = join(host.home, ".config", "docker-credential-ecr");
  mkdirSync(folder, { recursive: true });
  const config = readFileSync(example("config.yaml"), "utf8").replace("role/ecr-push", `role/${role}`);
  writeFileSync(join(folder, "config.yaml"), config);
  return host;
}

function runPipeline(host: Tester, tag: string) {
  const env = { FROM: `${appRegistry}/${from}`, TAG: tag };
  const registries = { BASE_REGISTRY: appRegistry, APP_REGISTRY: bobsRegistry, COPY_TO: farRegistry };
  // The engine of the tests has no bridge.
  const command = [example("pipeline.sh"), "-var=network=none"];
  return host.run(command, { cwd: host.home, env: { ...packerEnvironment, ...registries, ...env } });
}

describe("examples/pipeline.sh", () => {
  needs("packer");

  before(async () => {
    await makeImage(`${appRegistry}/${from}`);
    succeeded(await newTester("alice").docker("push", `${appRegistry}/${from}`));
  });
  beforeEach(() => controls().reset());

  it("passes the image of one build to the next, across accounts and regions, each with its identity", async () => {
    const host = newBuildHost("ecr-pull");
    succeeded(await runPipeline(host, "41"));

    assert.deepEqual([...tokensAsked()].sort(), ["eu-west-1", "us-east-1", "us-east-1"]);
    assert.deepEqual(pulledAs(appRegistry), ["alice"]);
    assert.deepEqual(pulledAs(farRegistry), ["alice"]);
    assert.deepEqual(
      pulledAs(bobsRegistry).map((session) => session.replace(/-\d+$/, "")),
      ["docker-credential-ecr"],
    );

    for (const registry of [bobsRegistry, farRegistry]) {
      await removeImage(`${registry}/app:41`);
      succeeded(await host.docker("pull", `${registry}/app:41`));
      const files = ["/etc/base", "/etc/built-by-packer"];
      const shown = await host.docker("run", "--rm", "--network=none", `${registry}/app:41`, "cat", ...files);
      assert.equal(succeeded(shown).stdout, "ours\napp\n");
    }
  });

  it("reports an identity without access before any build", async () => {
    const host = newBuildHost("ecr-push");
    failed(await runPipeline(host, "42"), /444455556666:role\/ecr-push.*\[[A-Z_]+\]/);
    assert.deepEqual(pulledAs(appRegistry), []);
  });
});
