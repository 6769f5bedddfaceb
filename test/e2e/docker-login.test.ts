import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { controls, loginPassword, pulledAs, tokensAsked } from "../support/e2e/aws.ts";
import { failed, succeeded } from "../support/e2e/command.ts";
import { makeImage, removeImage } from "../support/e2e/images.ts";
import { bobsRegistry } from "../support/e2e/names.ts";
import { type HelperConfig, newTester, type Tester } from "../support/e2e/user.ts";

const image = `${bobsRegistry}/login:1`;

const login = (tester: Tester, password: string) =>
  tester.run(["docker", "login", "--username", "AWS", "--password-stdin", bobsRegistry], { input: password });

async function pullAnew(tester: Tester): Promise<readonly string[]> {
  await removeImage(image);
  const before = controls().log().length;
  succeeded(await tester.docker("pull", image));
  return pulledAs(bobsRegistry, before);
}

describe("docker login", () => {
  before(async () => {
    await makeImage(image);
    succeeded(await newTester("bob").docker("push", image));
  });

  beforeEach(() => controls().reset());

  for (const wiring of ["credHelpers", "credsStore"] satisfies HelperConfig[]) {
    describe(`with ${wiring}`, () => {
      it("is used until docker logout, after which the cached token is used", async () => {
        const alice = newTester("alice", wiring);
        assert.deepEqual(await pullAnew(alice), ["alice"]);
        succeeded(await login(alice, await loginPassword("bob", "us-east-1")));
        assert.deepEqual(await pullAnew(alice), ["bob"]);

        succeeded(await alice.docker("logout", bobsRegistry));
        assert.deepEqual(await pullAnew(alice), ["alice"]);
        // Alice's first and the one that the test itself asked for.
        assert.equal(tokensAsked().length, 2);
      });

      it("leaves no secret in Docker's config", async () => {
        const alice = newTester("alice", wiring);
        const password = await loginPassword("bob", "us-east-1");
        succeeded(await login(alice, password));
        const config = readFileSync(alice.dockerConfigFile, "utf8");
        assert.doesNotMatch(config, /"auth"|"password"|"identitytoken"/i);
      });

      it("needs no password if the configured identity can get a token", async () => {
        const alice = newTester("alice", wiring);
        const result = succeeded(await alice.docker("login", bobsRegistry));
        assert.match(result.stdout, /Login Succeeded/);
        assert.deepEqual(await pullAnew(alice), ["alice"]);
        assert.deepEqual(tokensAsked(), ["us-east-1"]);
      });

      it("fails with the registry's message for a wrong password, and changes nothing", async () => {
        const alice = newTester("alice", wiring);
        assert.deepEqual(await pullAnew(alice), ["alice"]);
        failed(await login(alice, "wrong"), /login attempt to https:\S+ failed with status: 400 Bad Request/);
        assert.deepEqual(await pullAnew(alice), ["alice"]);
        assert.deepEqual(tokensAsked(), ["us-east-1"]);
      });
    });
  }

  it("can be removed twice", async () => {
    const alice = newTester("alice");
    for (const _ of [1, 2]) succeeded(await alice.docker("logout", bobsRegistry));
  });
});
