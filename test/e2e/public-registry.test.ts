import assert from "node:assert/strict";
import { controls, pulledAs } from "../support/e2e/aws.ts";
import { succeeded } from "../support/e2e/command.ts";
import { removeImage, seed } from "../support/e2e/images.ts";
import { plainRegistry, publicRegistry } from "../support/e2e/names.ts";
import { newTester } from "../support/e2e/user.ts";

describe("docker pull from public.ecr.aws", () => {
  const image = `${publicRegistry}/example/tool:1`;

  before(async () => {
    await seed(`${plainRegistry}/public/example/tool:1`);
  });

  beforeEach(() => controls().reset());
  afterEach(() => removeImage(image));

  it("is anonymous without AWS credentials", async () => {
    succeeded(await newTester(undefined, "credsStore").docker("pull", image));
    assert.deepEqual(pulledAs(publicRegistry), []);
    assert.equal(controls().calls().GetPublicAuthorizationToken, 0);
  });

  it("is authenticated with them, with one token", async () => {
    const alice = newTester("alice", "credsStore");
    succeeded(await alice.docker("pull", image));
    await removeImage(image);
    succeeded(await alice.docker("pull", image));
    assert.deepEqual(pulledAs(publicRegistry), ["alice"]);
    assert.equal(controls().calls().GetPublicAuthorizationToken, 1);
  });

  it("is anonymous without permission for a token", async () => {
    succeeded(await newTester("mallory", "credsStore").docker("pull", image));
    assert.deepEqual(pulledAs(publicRegistry), []);
    assert.equal(controls().calls().GetPublicAuthorizationToken, 1);
  });
});
