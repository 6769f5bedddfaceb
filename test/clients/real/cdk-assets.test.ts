import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathOf } from "../../support/clients/places.ts";
import { images } from "../../support/clients/try.ts";
import { controls, pulledAs, tokensAsked } from "../../support/e2e/aws.ts";
import { failed, succeeded } from "../../support/e2e/command.ts";
import { makeImage, removeImage } from "../../support/e2e/images.ts";
import { appRegistry, bobsRegistry } from "../../support/e2e/names.ts";
import { newTester, type Tester } from "../../support/e2e/user.ts";

const repository = "by-cdk";

// It fetches a token itself, and passes it to `docker login`, which stores it with the helper.
describe("cdk-assets", function () {
  this.timeout(180_000);
  let path = "";

  before(async function () {
    const place = pathOf({ origin: "npm", program: "cdk-assets" });
    if (place === undefined) return this.skip();
    path = place;
    await makeImage(images.bobs);
    succeeded(await newTester("bob").docker("push", images.bobs));
    await removeImage(images.bobs);
  });

  beforeEach(() => controls().reset());

  const testerNamed = (name: "alice" | "mallory") =>
    newTester(name, "credHelpers", {
      PATH: path,
      NODE_EXTRA_CA_CERTS: "/etc/ssl/certs/ca-certificates.crt",
      DOCKER_BUILDKIT: "1",
    });

  /** Builds an image on one of another account, and pushes it. */
  function publish(tester: Tester) {
    const assets = join(tester.home, "cdk.out");
    mkdirSync(join(assets, "image"), { recursive: true });
    writeFileSync(join(assets, "image", "Dockerfile"), `FROM ${images.bobs}\nLABEL a=b\n`);
    const destination = { region: "us-east-1", repositoryName: repository, imageTag: "1" };
    const image = { source: { directory: "image" }, destinations: { one: destination } };
    writeFileSync(
      join(assets, "assets.json"),
      JSON.stringify({ version: "36.0.0", dockerImages: { one: image } }),
    );
    return tester.run(["cdk-assets", "--path", assets, "publish"], { timeLimit: 120_000 });
  }

  it("pulls a base image with the helper's token, and pushes with its own", async () => {
    const alice = testerNamed("alice");
    succeeded(await publish(alice));
    assert.deepEqual(pulledAs(bobsRegistry), ["alice"]);
    assert.deepEqual(pulledAs(appRegistry), ["alice"]);
    assert.equal(tokensAsked().length, 2, "its own, and the helper's");
    const config = readFileSync(alice.dockerConfigFile, "utf8");
    assert.deepEqual(JSON.parse(config).auths, { [appRegistry]: {} }, "the helper has the login");
  });

  it("shows AWS's refusal of its own token", async () => {
    failed(await publish(testerNamed("mallory")), /ecr:GetAuthorizationToken/);
  });
});
