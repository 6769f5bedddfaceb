import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultCast } from "../support/aws/cast.ts";
import { userNamed } from "../support/aws/sdk.ts";
import { controls, tokensAsked } from "../support/e2e/aws.ts";
import { failed, succeeded } from "../support/e2e/command.ts";
import { makeImage, removeImage } from "../support/e2e/images.ts";
import { appRegistry, bobsRegistry, farRegistry } from "../support/e2e/names.ts";
import { type HelperConfig, newTester, type Tester } from "../support/e2e/user.ts";

/** ~/.aws with a profile `build` whose role Alice's keys assume. */
function writeAwsConfig({ home }: Tester): void {
  const { accessKeyId, secretAccessKey } = userNamed(defaultCast.users, "alice");
  mkdirSync(join(home, ".aws"));
  writeFileSync(
    join(home, ".aws", "credentials"),
    `[alice]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  );
  writeFileSync(
    join(home, ".aws", "config"),
    "[profile build]\nrole_arn = arn:aws:iam::111122223333:role/ci\nsource_profile = alice\nregion = us-east-1\n",
  );
}

describe("docker push and pull", () => {
  beforeEach(() => controls().reset());

  for (const wiring of ["credHelpers", "credsStore"] satisfies HelperConfig[]) {
    it(`push to ECR and pull again with one token, with ${wiring}`, async () => {
      const alice = newTester("alice", wiring);
      const image = `${appRegistry}/push-pull:${wiring.toLowerCase()}`;
      await makeImage(image);
      succeeded(await alice.docker("push", image));
      await removeImage(image);
      failed(await alice.docker("image", "inspect", image), /No such image/);

      succeeded(await alice.docker("pull", image));
      succeeded(await alice.docker("run", "--rm", "--network=none", image, "/bin/cat", "/etc/unique"));
      assert.deepEqual(tokensAsked(), ["us-east-1"]);
    });
  }

  it("use the same token for another account's registry in the same region", async () => {
    const image = `${bobsRegistry}/shared:1`;
    await makeImage(image);
    succeeded(await newTester("bob").docker("push", image));
    await removeImage(image);
    controls().reset();

    const alice = newTester("alice");
    const own = `${appRegistry}/own:1`;
    await makeImage(own);
    succeeded(await alice.docker("push", own));
    succeeded(await alice.docker("pull", image));
    assert.deepEqual(tokensAsked(), ["us-east-1"]);
  });

  it("request another token in another region", async () => {
    const alice = newTester("alice");
    const [near, far] = [`${appRegistry}/regions:1`, `${farRegistry}/regions:1`];
    await makeImage(near, far);
    succeeded(await alice.docker("push", near));
    succeeded(await alice.docker("push", far));
    succeeded(await alice.docker("pull", far));
    assert.deepEqual(tokensAsked(), ["us-east-1", "eu-west-1"]);
  });

  it("assume a profile's role only once for many pulls", async () => {
    const image = `${appRegistry}/by-role:1`;
    await makeImage(image);
    succeeded(await newTester("alice").docker("push", image));
    controls().reset();

    const builder = newTester();
    writeAwsConfig(builder);
    for (const _ of ["cold", "warm"]) {
      await removeImage(image);
      succeeded(await builder.run(["docker", "pull", image], { env: { AWS_PROFILE: "build" } }));
    }
    const { AssumeRole, GetAuthorizationToken } = controls().calls();
    assert.deepEqual({ AssumeRole, GetAuthorizationToken }, { AssumeRole: 1, GetAuthorizationToken: 1 });
  });

  it("show the registry's message to a user without permissions", async () => {
    const image = `${appRegistry}/denied:1`;
    await makeImage(image);
    failed(
      await newTester("bob").docker("push", image),
      /user\/bob is not authorized to perform: ecr:\w+ on resource/,
    );
  });
});
