import assert from "node:assert/strict";
import { join } from "node:path";
import { controls, tokensAsked } from "../../support/e2e/aws.ts";
import { failed, succeeded } from "../../support/e2e/command.ts";
import { makeImage, removeImage } from "../../support/e2e/images.ts";
import { appRegistry, privateLogin, privateRegistry } from "../../support/e2e/names.ts";
import { needs } from "../../support/e2e/needs.ts";
import { packerBuild } from "../../support/e2e/packer.ts";
import { newTester, type Tester } from "../../support/e2e/user.ts";
import { useKeyring } from "../../support/keyring/use-keyring.ts";

const base = "packer-base:1";

async function assertPushed(tester: Tester, name: string): Promise<void> {
  const image = `${appRegistry}/${name}:1`;
  await removeImage(image);
  succeeded(await tester.docker("pull", image));
  const shown = await tester.docker("run", "--rm", "--network=none", image);
  assert.equal(succeeded(shown).stdout, `${name}\n`);
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

  // credHelpers are looked up by the words of the login: Docker 20.10 finds none for https://HOST/.
  for (const [wiring, login_server] of [
    ["credHelpers", appRegistry],
    ["credsStore", `https://${appRegistry}/`],
  ] as const) {
    describe(`with ${wiring}`, () => {
      it("pulls its base image, tags and pushes the result only with the helper", async () => {
        const alice = newTester("alice", wiring);
        const name = `by-helper-${wiring.toLowerCase()}`;
        const variables = { registry: appRegistry, base: `${appRegistry}/${base}`, name };
        succeeded(await packerBuild(alice, "app.pkr.hcl", variables));
        await assertPushed(alice, name);
        assert.deepEqual(tokensAsked(), ["us-east-1"]);
      });

      it("also works with ecr_login, whose logins and logouts keep the cached token", async () => {
        const alice = newTester("alice", wiring);
        const name = `ecr-login-${wiring.toLowerCase()}`;
        succeeded(await alice.docker("login", appRegistry));
        const variables = { registry: appRegistry, login_server, base, name };
        succeeded(await packerBuild(alice, "ecr-login.pkr.hcl", variables));
        // One by the helper before, one by Packer itself for its pull and one for its push.
        assert.equal(tokensAsked().length, 3);
        await assertPushed(alice, name);
        assert.equal(tokensAsked().length, 3);
      });
    });
  }

  describe("with a login to another registry in the keychain", () => {
    const keyring = useKeyring();

    it("ecr_login logs in to ECR and out of it, and does not change the other login", async () => {
      const alice = newTester("alice", "credsStore", keyring().env);
      const { username, password } = privateLogin;
      const login = ["docker", "login", "--username", username, "--password-stdin", privateRegistry];
      succeeded(await alice.run(login, { input: password }));
      const name = "ecr-login-beside";
      const own = { registry: appRegistry, login_server: `https://${appRegistry}/`, base, name };
      succeeded(await packerBuild(alice, "ecr-login.pkr.hcl", own));
      await assertPushed(alice, name);
      const { stdout } = succeeded(await alice.run(["docker-credential-ecr", "list"]));
      assert.equal(JSON.parse(stdout)[privateRegistry], username);
      assert.deepEqual(new Set(Object.values(JSON.parse(stdout))), new Set(["AWS", username]));
    });
  });

  it("fails at the push with the empty config folder of newer plugins, as docs/packer.md says", async () => {
    const alice = newTester("alice");
    succeeded(await alice.docker("pull", `${appRegistry}/${base}`));
    const empty = join(alice.home, "empty");
    failed(
      await alice.docker("--config", empty, "push", `${appRegistry}/${base}`),
      /no basic auth credentials/,
    );
  });
});
