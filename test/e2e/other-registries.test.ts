import assert from "node:assert/strict";
import { controls, tokensAsked } from "../support/e2e/aws.ts";
import { succeeded } from "../support/e2e/command.ts";
import { makeImage, removeImage, seed } from "../support/e2e/images.ts";
import { plainRegistry } from "../support/e2e/names.ts";
import { newTester } from "../support/e2e/user.ts";

describe("registries outside ECR, with the helper as credsStore", () => {
  before(async () => {
    await seed(`${plainRegistry}/library/from-hub:1`);
  });

  beforeEach(() => controls().reset());

  afterEach(() => removeImage("from-hub:1"));

  it("anonymous pulls from Docker Hub work", async () => {
    const alice = newTester("alice", "credsStore");
    succeeded(await alice.docker("pull", "from-hub:1"));
    assert.deepEqual(tokensAsked(), []);
  });

  for (const [builder, DOCKER_BUILDKIT] of [
    ["the classic builder", "0"],
    ["BuildKit", "1"],
  ] as const) {
    it(`Docker Hub's images serve ${builder} as base images`, async () => {
      const alice = newTester("alice", "credsStore");
      const command = ["docker", "build", "--pull", "--no-cache", "-"];
      succeeded(
        await alice.run(command, { input: "FROM from-hub:1\nLABEL a=b\n", env: { DOCKER_BUILDKIT } }),
      );
      assert.deepEqual(tokensAsked(), []);
    });
  }

  it("anonymous pushes and pulls with a private registry server work", async () => {
    const alice = newTester("alice", "credsStore");
    const image = `${plainRegistry}/own:1`;
    await makeImage(image);
    succeeded(await alice.docker("push", image));
    await removeImage(image);
    succeeded(await alice.docker("pull", image));
    assert.deepEqual(tokensAsked(), []);
  });
});
