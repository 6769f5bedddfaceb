import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { keysOf } from "../../support/aws/environment.ts";
import { alice, pullRole, TokenClient } from "../token-client.ts";

describe("fetchToken under BUN_CONFIG_VERBOSE_FETCH", () => {
  let client: TokenClient;
  before(async () => {
    client = await TokenClient.start();
  });
  after(() => client.stop());

  // Bun reads the variable when it starts, so the test needs another process.
  for (const [source, env] of Object.entries({
    Environment: () => keysOf(alice),
    EcsContainer: () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${client.aws.urls.container}/creds` }),
    Ec2InstanceMetadata: () => ({}),
  })) {
    it(`writes no request to stderr, by ${source}`, async () => {
      client.writeConfig(`[profile p]\nrole_arn = ${pullRole}\ncredential_source = ${source}\n`);
      const child = Bun.spawn([process.execPath, fileURLToPath(new URL("fetch-once.ts", import.meta.url))], {
        env: { ...client.connectionEnv, ...env(), AWS_PROFILE: "p", BUN_CONFIG_VERBOSE_FETCH: "curl" },
        stdout: "pipe",
        stderr: "pipe",
      });
      const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
      assert.equal(stderr, "");
      assert.equal(stdout, "AWS");
      assert.equal(await child.exited, 0);
    });
  }
});
