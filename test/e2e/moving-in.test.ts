import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { controls, pulledAs } from "../support/e2e/aws.ts";
import { failed, type Result, succeeded } from "../support/e2e/command.ts";
import { makeImage, removeImage } from "../support/e2e/images.ts";
import {
  appRegistry,
  bobsRegistry,
  plainRegistry,
  privateLogin,
  privateRegistry,
} from "../support/e2e/names.ts";
import { needs } from "../support/e2e/needs.ts";
import { newTester, type Tester } from "../support/e2e/user.ts";
import { useKeyring } from "../support/keyring/use-keyring.ts";
import { snapshot } from "../support/program/state.ts";

const { username, password } = privateLogin;
const image = `${privateRegistry}/moved:1`;
const own = `${appRegistry}/moved:1`;

const configure = async (tester: Tester, ...args: readonly string[]) =>
  succeeded(await tester.run(["docker-credential-ecr", "configure-docker", ...args]));

async function pullAnew(tester: Tester, name: string): Promise<Result> {
  await removeImage(name);
  return tester.docker("pull", name);
}

function configOf(tester: Tester) {
  return JSON.parse(readFileSync(tester.dockerConfigFile, "utf8"));
}

/** Docker's config.json as Docker itself has left it after a login, without any helper. */
async function loggedInWithoutHelper(tester: Tester): Promise<void> {
  // Into an empty file Docker would write the name of any helper that it finds on this machine.
  writeFileSync(tester.dockerConfigFile, '{"auths":{"unused.example.com":{}}}');
  const login = ["docker", "login", "--username", username, "--password-stdin", privateRegistry];
  succeeded(await tester.run(login, { input: password }));
  assert.ok(configOf(tester).auths[privateRegistry].auth);
}

describe("importing logins", () => {
  before(async () => {
    await makeImage(image, own);
    const alice = newTester("alice");
    await loggedInWithoutHelper(alice);
    succeeded(await alice.docker("push", image));
    succeeded(await newTester("alice").docker("push", own));
  });

  beforeEach(() => controls().reset());
  after(() => removeImage(image, own));

  describe("with logins in Docker's config.json", () => {
    const keyring = useKeyring();

    it("pulls with the imported logins, and with those in the file after --undo", async () => {
      const alice = newTester("alice", "credsStore", keyring().env);
      await loggedInWithoutHelper(alice);
      const before = readFileSync(alice.dockerConfigFile, "utf8");
      await configure(alice, "--import");
      const written = JSON.stringify(snapshot(alice.home));
      assert.ok(!written.includes(password) && !written.includes(btoa(`${username}:${password}`)));
      succeeded(await pullAnew(alice, image));
      succeeded(await pullAnew(alice, own));
      for (const DOCKER_BUILDKIT of ["0", "1"]) {
        const command = ["docker", "build", "--pull", "--no-cache", "-"];
        succeeded(
          await alice.run(command, { input: `FROM ${image}\nLABEL a=b\n`, env: { DOCKER_BUILDKIT } }),
        );
      }

      await configure(alice, "--undo");
      assert.equal(readFileSync(alice.dockerConfigFile, "utf8"), before);
      const held = JSON.parse(succeeded(await alice.run(["docker-credential-ecr", "list"])).stdout);
      assert.deepEqual(Object.keys(held), [appRegistry]);
      succeeded(await pullAnew(alice, image));
      succeeded(await alice.docker("logout", privateRegistry));
      failed(await pullAnew(alice, image), /no basic auth credentials|unauthorized|authentication required/);
    });
  });

  describe("with AWS's own helper in config.json", () => {
    needs("docker-credential-ecr-login");

    it("--replace-ecr-login makes the next pull use this helper", async () => {
      const alice = newTester("alice");
      writeFileSync(alice.dockerConfigFile, JSON.stringify({ credHelpers: { [appRegistry]: "ecr-login" } }));
      await configure(alice, "--replace-ecr-login");
      assert.equal(configOf(alice).credHelpers[appRegistry], "ecr");
      succeeded(await pullAnew(alice, own));
      assert.deepEqual(pulledAs(appRegistry), ["alice"]);
      assert.equal(existsSync(join(alice.home, ".ecr")), false);
      await configure(alice, "--undo");
      assert.equal(configOf(alice).credHelpers[appRegistry], "ecr-login");
    });
  });

  describe("with podman", () => {
    needs("podman");

    function podman(tester: Tester, ...args: readonly string[]): Promise<Result> {
      // podman wants this path short.
      const store = ["--root", join(tester.home, "store"), "--runroot", `/run/${tester.home.slice(-6)}`];
      const manager = ["--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "file"];
      return tester.run(["podman", ...store, ...manager, ...args]);
    }

    /** Somebody who has podman alone. */
    function withoutDocker(): Tester {
      const runtime = newTester("alice").home;
      const alice = newTester("alice", "credHelpers", { XDG_RUNTIME_DIR: runtime });
      rmSync(alice.dockerConfigFile);
      return alice;
    }

    it("--podman makes it use this helper, until --undo", async () => {
      const alice = withoutDocker();
      failed(await podman(alice, "pull", own), /unauthorized|no basic auth|authentication required|denied/i);
      await configure(alice, "--podman", appRegistry);
      succeeded(await podman(alice, "pull", own));
      assert.deepEqual(pulledAs(appRegistry), ["alice"]);
      await configure(alice, "--podman", "--undo");
      failed(await podman(alice, "pull", own), /unauthorized|no basic auth|authentication required|denied/i);
    });

    it("--podman --all makes it use the helper for all registries, stores logins, and allows anonymous pulls", async () => {
      const alice = withoutDocker();
      const folder = join(alice.home, ".config/docker-credential-ecr");
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "config.yaml"), "version: 1\nfallback: file\n");
      await configure(alice, "--podman", "--all");
      succeeded(await podman(alice, "pull", own));
      const plain = ["--tls-verify=false"];
      succeeded(await podman(alice, "pull", ...plain, `${plainRegistry}/moved:1`));
      const login = ["login", ...plain, "--username", username, "--password", password, privateRegistry];
      succeeded(await podman(alice, ...login));
      succeeded(await podman(alice, "pull", ...plain, image));
      failed(await podman(alice, "pull", `${bobsRegistry}/moved:1`), /denied|not authorized|unknown/i);
    });
  });
});
