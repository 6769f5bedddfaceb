import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { controls, pulledAs, tokensAsked } from "../support/e2e/aws.ts";
import { failed, type Result, succeeded } from "../support/e2e/command.ts";
import { makeImage, removeImage } from "../support/e2e/images.ts";
import { appRegistry } from "../support/e2e/names.ts";
import { newTester, type Tester } from "../support/e2e/user.ts";

const base = `${appRegistry}/base:1`;
const built = "built:1";

function build(tester: Tester, builder: "classic" | "BuildKit"): Promise<Result> {
  const context = join(tester.home, "context");
  mkdirSync(context, { recursive: true });
  writeFileSync(join(context, "Dockerfile"), `FROM ${base}\nCOPY Dockerfile /Dockerfile\n`);
  const env = { DOCKER_BUILDKIT: builder === "BuildKit" ? "1" : "0" };
  return tester.run(["docker", "build", "--no-cache", "--tag", built, context], { env });
}

async function assertBuilt(tester: Tester): Promise<void> {
  const content = ["docker", "run", "--rm", "--network=none", built, "/bin/cat", "/Dockerfile"];
  assert.match(succeeded(await tester.run(content)).stdout, /^FROM/);
  assert.deepEqual(pulledAs(appRegistry), ["alice"]);
  await removeImage(built);
}

describe("docker build from a private base image", () => {
  before(async () => {
    await makeImage(base);
    succeeded(await newTester("alice").docker("push", base));
  });

  beforeEach(async () => {
    await removeImage(base);
    controls().reset();
  });

  it("by BuildKit, with credHelpers", async () => {
    const alice = newTester("alice", "credHelpers");
    succeeded(await build(alice, "BuildKit"));
    await assertBuilt(alice);
    assert.deepEqual(tokensAsked(), ["us-east-1"]);
  });

  it("by BuildKit, with credsStore", async () => {
    const alice = newTester("alice", "credsStore");
    succeeded(await build(alice, "BuildKit"));
    await assertBuilt(alice);
    assert.deepEqual(tokensAsked(), ["us-east-1"]);
  });

  it("by the classic builder, with credHelpers: it requests all registries, with one call for each region", async () => {
    const alice = newTester("alice", "credHelpers");
    succeeded(await build(alice, "classic"));
    await assertBuilt(alice);
    assert.deepEqual([...tokensAsked()].sort(), ["eu-west-1", "us-east-1"]);
  });

  // It never says which image it builds from: it takes what the helper lists.
  it("by the classic builder, with credsStore, after a first get of the registry", async () => {
    const alice = newTester("alice", "credsStore");
    failed(await build(alice, "classic"), /no basic auth credentials/);
    succeeded(await alice.docker("login", appRegistry));
    succeeded(await build(alice, "classic"));
    await assertBuilt(alice);
    assert.deepEqual(tokensAsked(), ["us-east-1"]);
  });

  it("by BuildKit, with the helper's reason if AWS refuses a token", async () => {
    const mallory = newTester("mallory");
    failed(await build(mallory, "BuildKit"), /ecr:GetAuthorizationToken/);
  });
});
