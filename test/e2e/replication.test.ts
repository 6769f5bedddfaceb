import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultCast } from "../support/aws/cast.ts";
import { userNamed } from "../support/aws/sdk.ts";
import { controls, tokensAsked } from "../support/e2e/aws.ts";
import { succeeded } from "../support/e2e/command.ts";
import { makeImage, removeImage } from "../support/e2e/images.ts";
import { appRegistry, bobsFarRegistry, farRegistry, plainRegistry } from "../support/e2e/names.ts";
import { startService } from "../support/e2e/service.ts";
import { newTester, type Tester } from "../support/e2e/user.ts";

const repository = "replicated:1";
const config = `version: 1
identities:
  alice: { profile: alice }
  pull: { roleArn: "arn:aws:iam::{account}:role/ecr-pull", source: alice }
registries:
  - account: "111122223333"
    regions: [us-east-1]
    identity: alice
    replication: { follow: true, identity: pull }
`;

/** Alice by a profile, as the daemon has no keys in its environment. */
function newHost(): Tester {
  const tester = newTester(undefined, "credsStore");
  const { accessKeyId, secretAccessKey } = userNamed(defaultCast.users, "alice");
  const write = (path: string, text: string) => {
    mkdirSync(join(tester.home, path, ".."), { recursive: true });
    writeFileSync(join(tester.home, path), text, { mode: 0o600 });
  };
  write(
    ".aws/credentials",
    `[alice]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  );
  write(".config/docker-credential-ecr/config.yaml", config);
  return tester;
}

/** Who was let into a registry: the ARNs that the stand-in knew the tokens' owners by. */
function letIn(host: string): readonly string[] {
  const calls = controls()
    .log()
    .filter((call) => call.operation === "Registry" && call.host === host);
  return [...new Set(calls.flatMap(({ principal }) => (principal === undefined ? [] : [principal])))];
}

describe("a build host that follows replication", () => {
  const life = 10_000;
  const replicas = [farRegistry, bobsFarRegistry];

  before(async () => {
    const source = `${appRegistry}/${repository}`;
    // What ECR itself would copy: the registry behind the stand-in has a part for each account and region.
    const copies = ["111122223333-eu-west-1", "444455556666-eu-west-1"].map(
      (part) => `${plainRegistry}/${part}/${repository}`,
    );
    await makeImage(source, ...copies);
    succeeded(await newTester("alice").docker("push", source));
    for (const copy of copies) succeeded(await newTester().docker("push", copy));
  });

  afterEach(() => controls().reset());

  it("pulls from replicas in another region and account over several lifetimes, with failures of AWS", async function () {
    this.timeout(120_000);
    controls().reset();
    controls().set({ tokenLifeSeconds: life / 1000 });
    controls().setReplication("111122223333", "us-east-1", [
      {
        destinations: [
          { region: "eu-west-1", registryId: "111122223333" },
          { region: "eu-west-1", registryId: "444455556666" },
        ],
      },
    ]);
    const host = newHost();
    const daemon = await startService("daemon", ["docker-credential-ecr", "daemon"], {
      folder: host.home,
      env: host.env,
      isReady: async () => tokensAsked().length >= 3,
    });
    try {
      const began = Date.now();
      let pulls = 0;
      while (Date.now() < began + 3.5 * life) {
        // AWS fails for part of each life, up to two pulls longer. A renewal that falls into it has time after it.
        const isDown = (Date.now() - began) % life > 0.85 * life;
        controls().clear();
        if (isDown) controls().fail("GetAuthorizationToken", { status: 503, code: "ServiceUnavailable" });
        for (const replica of replicas) {
          await removeImage(`${replica}/${repository}`);
          succeeded(await host.docker("pull", `${replica}/${repository}`));
          pulls += 1;
        }
      }
      assert.ok(pulls > 20, `${pulls} pulls`);
      const given = controls()
        .log()
        .filter(({ operation, outcome }) => operation === "GetAuthorizationToken" && outcome === "ok");
      // Two a lifetime for each of three; a get of its own would have asked at each pull.
      assert.ok(given.length >= 3 * 4 && given.length <= 3 * 10, `${given.length} tokens`);
      assert.deepEqual(letIn(farRegistry), ["arn:aws:iam::111122223333:user/alice"]);
      assert.deepEqual(letIn(bobsFarRegistry), [
        "arn:aws:sts::444455556666:assumed-role/ecr-pull/docker-credential-ecr",
      ]);
    } finally {
      daemon.stop();
    }
  });
});
