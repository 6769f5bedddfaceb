import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { controls, tokensAsked } from "../support/e2e/aws.ts";
import { type Result, succeeded } from "../support/e2e/command.ts";
import { makeImage, removeImage } from "../support/e2e/images.ts";
import { appRegistry } from "../support/e2e/names.ts";
import { needs } from "../support/e2e/needs.ts";
import { newTester, type Tester } from "../support/e2e/user.ts";

const base = "packer-base:1";

type Variables = Readonly<Record<string, string>>;

async function packerBuild(tester: Tester, template: string, own: Variables): Promise<Result> {
  const path = fileURLToPath(new URL(`./packer/${template}`, import.meta.url));
  const variables = { registry: appRegistry, base, ...own };
  const flags = Object.entries(variables).map(([name, value]) => `-var=${name}=${value}`);
  return await tester.run(["packer", "build", "-color=false", ...flags, path], {
    cwd: tester.home,
    env: { CHECKPOINT_DISABLE: "1" },
  });
}

async function assertPushed(tester: Tester, result: string): Promise<void> {
  const image = `${appRegistry}/${result}:1`;
  await removeImage(image);
  succeeded(await tester.docker("pull", image));
  // Packer commits its /bin/sh as the entrypoint.
  const shown = ["--entrypoint=/bin/cat", image, "/etc/provisioned"];
  const content = await tester.docker("run", "--rm", "--network=none", ...shown);
  assert.equal(succeeded(content).stdout, "provisioned\n");
}

describe("packer build", () => {
  needs("packer");

  before(async () => {
    const image = `${appRegistry}/${base}`;
    await makeImage(image);
    succeeded(await newTester("alice").docker("push", image));
  });

  beforeEach(async () => {
    await removeImage(`${appRegistry}/${base}`);
    controls().reset();
  });

  // credHelpers are looked up by the words of the login: Docker 20.10 finds none for Packer's usual https://HOST/.
  for (const [wiring, login_server] of [
    ["credHelpers", appRegistry],
    ["credsStore", `https://${appRegistry}/`],
  ] as const) {
    describe(`with ${wiring}`, () => {
      it("pulls its base image, tags and pushes the result by the helper alone", async () => {
        const alice = newTester("alice", wiring);
        const result = `by-helper-${wiring.toLowerCase()}`;
        succeeded(await packerBuild(alice, "by-helper.json", { result }));
        await assertPushed(alice, result);
        assert.deepEqual(tokensAsked(), ["us-east-1"]);
      });

      it("does so with ecr_login, whose logins and logouts leave the cache warm", async () => {
        const alice = newTester("alice", wiring);
        const result = `ecr-login-${wiring.toLowerCase()}`;
        succeeded(await alice.docker("login", appRegistry));
        succeeded(await packerBuild(alice, "ecr-login.pkr.hcl", { result, login_server }));
        // One by the helper before, one by Packer itself for its pull and one for its push.
        assert.equal(tokensAsked().length, 3);
        await assertPushed(alice, result);
        assert.equal(tokensAsked().length, 3);
      });
    });
  }
});
