import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { controls } from "../../support/e2e/aws.ts";
import { succeeded } from "../../support/e2e/command.ts";
import { machine } from "../../support/e2e/hooks.ts";
import { makeImageFor } from "../../support/e2e/images.ts";
import { appRegistry, bobsRegistry } from "../../support/e2e/names.ts";
import { needs } from "../../support/e2e/needs.ts";
import { packerBuild } from "../../support/e2e/packer.ts";
import { newTester } from "../../support/e2e/user.ts";

describe("examples/packer/runner.pkr.hcl", () => {
  needs("packer");

  // The one file that works alone is what the template copies.
  const program = fileURLToPath(new URL("../../../dist/docker-credential-ecr", import.meta.url));
  const image = `${appRegistry}/runner:1`;
  const alice = () => newTester("alice");

  before(async () => {
    const base = `${appRegistry}/runner-base:1`;
    await makeImageFor(program, base);
    succeeded(await alice().docker("push", base));
    const registries = `${appRegistry} ${bobsRegistry}`;
    succeeded(await packerBuild(alice(), "runner.pkr.hcl", { base, registry: appRegistry, registries }));
  });
  beforeEach(() => controls().reset());

  for (const [host, roles] of [
    [appRegistry, 0],
    [bobsRegistry, 1],
  ] as const) {
    it(`creates an image that accesses ${host} with the identity of its machine`, async () => {
      const run = ["run", "--rm", "--network=host", "--volume=/etc/ssl/certs:/etc/ssl/certs:ro"];
      const imds = `--env=AWS_EC2_METADATA_SERVICE_ENDPOINT=${machine().aws.urls.imds}`;
      const ask = `echo ${host} | docker-credential-ecr get`;
      const answer = succeeded(await alice().docker(...run, imds, image, "sh", "-c", ask));
      assert.equal(JSON.parse(answer.stdout).Username, "AWS");
      const { AssumeRole, GetAuthorizationToken } = controls().calls();
      assert.deepEqual(
        { AssumeRole, GetAuthorizationToken },
        { AssumeRole: roles, GetAuthorizationToken: 1 },
      );
    });
  }

  it("leaves Docker configured, and no other files of the helper or the build", async () => {
    const archive = join(machine().folder, "runner.tar");
    const container = succeeded(await alice().docker("create", image)).stdout.trim();
    succeeded(await alice().docker("export", `--output=${archive}`, container));
    const { stdout } = succeeded(await alice().run(["tar", "--list", "--file", archive]));
    const written = stdout
      .split("\n")
      .filter((path) => /^(root|tmp|usr\/local|dev\/shm)\/.*[^/]$/.test(path));
    assert.deepEqual(written.sort(), [
      "root/.config/docker-credential-ecr/config.yaml",
      "root/.docker/config.json",
      "usr/local/bin/docker-credential-ecr",
    ]);
  });
});
