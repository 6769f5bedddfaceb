import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultCast } from "../support/aws/cast.ts";
import { userNamed } from "../support/aws/sdk.ts";
import { controls, pulledAs } from "../support/e2e/aws.ts";
import { succeeded } from "../support/e2e/command.ts";
import { makeImage, removeImage } from "../support/e2e/images.ts";
import { appRegistry, bobsRegistry } from "../support/e2e/names.ts";
import { newTester, type Tester } from "../support/e2e/user.ts";

/** A user with two AWS profiles with static keys, and no configuration of Docker or of this program. */
function newUser(): Tester {
  const tester = newTester();
  rmSync(tester.dockerConfigFile);
  mkdirSync(join(tester.home, ".aws"));
  const profiles = { build: "alice", prod: "bob" };
  const sections = Object.entries(profiles).map(([profile, name]) => {
    const { accessKeyId, secretAccessKey } = userNamed(defaultCast.users, name);
    return `[${profile}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\nregion = us-east-1\n`;
  });
  writeFileSync(join(tester.home, ".aws/credentials"), sections.join("\n"), { mode: 0o600 });
  return tester;
}

describe("a machine with two AWS profiles", () => {
  const images = [`${appRegistry}/setup:1`, `${bobsRegistry}/setup:1`] as const;

  before(async () => {
    for (const [index, image] of images.entries()) {
      await makeImage(image);
      succeeded(await newTester(index === 0 ? "alice" : "bob").docker("push", image));
      await removeImage(image);
    }
  });

  it("pulls from both accounts after one command, each under its own profile", async () => {
    controls().reset();
    const tester = newUser();
    const { stdout } = succeeded(
      await tester.run(["docker-credential-ecr", "configure-docker", "--yes", "--check"]),
    );
    assert.match(stdout, /^Next: docker pull /m);
    for (const image of images) succeeded(await tester.docker("pull", image));
    assert.deepEqual(
      [appRegistry, bobsRegistry].map((host) => pulledAs(host)),
      [["alice"], ["bob"]],
    );
    for (const image of images) await removeImage(image);
  });
});
