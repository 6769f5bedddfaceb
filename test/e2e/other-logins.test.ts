import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { controls, loginPassword, pulledAs, tokensAsked } from "../support/e2e/aws.ts";
import { failed, type Result, succeeded } from "../support/e2e/command.ts";
import { makeImage, removeImage } from "../support/e2e/images.ts";
import { appRegistry, bobsRegistry, privateLogin, privateRegistry } from "../support/e2e/names.ts";
import { initPass } from "../support/e2e/pass.ts";
import { newTester, type Tester } from "../support/e2e/user.ts";
import { needsPrograms, useKeyring } from "../support/keyring/use-keyring.ts";
import { snapshot } from "../support/program/state.ts";

const { username, password } = privateLogin;
const image = `${privateRegistry}/own:1`;
const hub = "https://index.docker.io/v1/";

function login(tester: Tester, secret: string, ...registry: readonly string[]): Promise<Result> {
  const command = ["docker", "login", "--username", username, "--password-stdin", ...registry];
  return tester.run(command, { input: secret });
}

async function pullAnew(tester: Tester, name = image): Promise<Result> {
  await removeImage(name);
  return tester.docker("pull", name);
}

/** The whole of what Docker's users do: log in, push, pull, build, log out. */
async function livesThrough(tester: Tester): Promise<void> {
  const refused = /no basic auth credentials|unauthorized|authentication required/;
  failed(await pullAnew(tester), refused);
  succeeded(await login(tester, password, privateRegistry));
  await makeImage(image);
  succeeded(await tester.docker("push", image));
  succeeded(await pullAnew(tester));
  for (const DOCKER_BUILDKIT of ["0", "1"]) {
    const command = ["docker", "build", "--pull", "--no-cache", "-"];
    succeeded(await tester.run(command, { input: `FROM ${image}\nLABEL a=b\n`, env: { DOCKER_BUILDKIT } }));
  }
  succeeded(await tester.docker("logout", privateRegistry));
  failed(await pullAnew(tester), refused);
}

/** Nothing of the password, as it is or in base64, lies in anything that this user has. */
function assertNoSecret(tester: Tester): void {
  const written = JSON.stringify(snapshot(tester.home));
  assert.ok(!written.includes(password));
  assert.ok(!written.includes(btoa(`${username}:${password}`)));
}

function configure(tester: Tester, fallback: string): void {
  const folder = join(tester.home, ".config/docker-credential-ecr");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "config.yaml"), `version: 1\nfallback: ${fallback}\n`);
}

describe("logins to registries outside ECR, with the helper as credsStore", () => {
  const keyring = useKeyring();

  beforeEach(() => controls().reset());
  afterEach(() => removeImage(image));

  it("are stored in the keychain until docker logout", async () => {
    const alice = newTester("alice", "credsStore", keyring().env);
    await livesThrough(alice);
    assert.deepEqual(tokensAsked(), []);
    assertNoSecret(alice);
  });

  it("work together with ECR registries, an explicit login to one of them, and Docker Hub", async () => {
    const alice = newTester("alice", "credsStore", keyring().env);
    const own = `${appRegistry}/beside:1`;
    await makeImage(own, `${bobsRegistry}/beside:1`, image);
    succeeded(await login(alice, password, privateRegistry));
    succeeded(await login(alice, "made-up-password-of-hub"));
    succeeded(await alice.docker("push", own));
    succeeded(await newTester("bob").docker("push", `${bobsRegistry}/beside:1`));
    const ecrLogin = ["docker", "login", "--username", "AWS", "--password-stdin", bobsRegistry];
    succeeded(await alice.run(ecrLogin, { input: await loginPassword("bob", "us-east-1") }));

    const before = controls().log().length;
    for (const name of [own, `${bobsRegistry}/beside:1`]) succeeded(await pullAnew(alice, name));
    assert.deepEqual([pulledAs(appRegistry, before), pulledAs(bobsRegistry, before)], [["alice"], ["bob"]]);
    succeeded(await alice.docker("push", image));
    const listed = await alice.run(["docker-credential-ecr", "list"]);
    const held = JSON.parse(succeeded(listed).stdout);
    assert.deepEqual([held[hub], held[privateRegistry], held[bobsRegistry]], [username, username, "AWS"]);

    succeeded(await alice.docker("logout", bobsRegistry));
    succeeded(await alice.docker("logout"));
    succeeded(await pullAnew(alice));
    const left = JSON.parse(succeeded(await alice.run(["docker-credential-ecr", "list"])).stdout);
    assert.deepEqual([left[hub], left[privateRegistry]], [undefined, username]);
    assertNoSecret(alice);
    await removeImage(own, `${bobsRegistry}/beside:1`);
  });

  it("are not stored if the registry refuses the password", async () => {
    const alice = newTester("alice", "credsStore", keyring().env);
    failed(await login(alice, "wrong", privateRegistry), /401 Unauthorized/);
    assert.equal(succeeded(await alice.run(["docker-credential-ecr", "list"])).stdout, "{}\n");
  });

  it("fail with the reason and possible fixes without a keychain", async () => {
    const alice = newTester("alice", "credsStore");
    const result = await login(alice, password, privateRegistry);
    failed(result, /no keychain can be reached.*fallback: pass.*fallback: file.*credHelpers/);
    assert.doesNotMatch(readFileSync(alice.dockerConfigFile, "utf8"), /"auth"/);
    assertNoSecret(alice);
  });

  it("fail with the reason if the keychain is locked", async () => {
    const alice = newTester("alice", "credsStore", keyring().env);
    keyring().lock();
    failed(await login(alice, password, privateRegistry), /the keychain is locked/);
  });

  it("are stored in encrypted files if configured", async () => {
    const alice = newTester("alice", "credsStore");
    configure(alice, "file");
    await livesThrough(alice);
    succeeded(await login(alice, password, privateRegistry));
    assertNoSecret(alice);
  });

  describe("and another helper as its fallback", () => {
    needsPrograms({ "docker-credential-pass": "golang-docker-credential-helpers", pass: "pass", gpg: "gpg" });

    it("docker-credential-pass stores them", async () => {
      const alice = newTester("alice", "credsStore");
      configure(alice, "pass");
      await initPass(alice);
      await livesThrough(alice);
      succeeded(await login(alice, password, privateRegistry));
      assertNoSecret(alice);
    });

    it("docker-credential-secretservice stores them", async () => {
      const alice = newTester("alice", "credsStore", keyring().env);
      configure(alice, "secretservice");
      await livesThrough(alice);
      assertNoSecret(alice);
    });

    it("its own error is shown if it refuses", async () => {
      const alice = newTester("alice", "credsStore");
      configure(alice, "pass");
      failed(await login(alice, password, privateRegistry), /pass/);
    });
  });
});
