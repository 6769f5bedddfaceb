import assert from "node:assert/strict";
import { join } from "node:path";
import { controls, loginPassword, pulledAs, tokensAsked } from "../support/e2e/aws.ts";
import { failed, type Result, succeeded } from "../support/e2e/command.ts";
import { makeImage } from "../support/e2e/images.ts";
import { appRegistry, bobsRegistry, farRegistry } from "../support/e2e/names.ts";
import { needs } from "../support/e2e/needs.ts";
import { newTester, type Tester } from "../support/e2e/user.ts";

/** podman or buildah in a store of the tester's own. */
function withStore(tester: Tester, program: "podman" | "buildah", ...args: string[]): Promise<Result> {
  // podman wants this path short.
  const runRoot = `/run/${tester.home.slice(-6)}`;
  const store = ["--root", join(tester.home, "store"), "--runroot", runRoot, "--storage-driver", "vfs"];
  // What it would choose itself wants systemd.
  const manager = program === "podman" ? ["--cgroup-manager", "cgroupfs", "--events-backend", "file"] : [];
  return tester.run([program, ...store, ...manager, ...args]);
}

// These read credHelpers from Docker's config; its credsStore is not for them.
describe("clients of containers/image", () => {
  const image = `${appRegistry}/containers:1`;
  const bobs = `${bobsRegistry}/containers:1`;

  before(async () => {
    await makeImage(image, bobs);
    succeeded(await newTester("alice").docker("push", image));
    succeeded(await newTester("bob").docker("push", bobs));
  });

  beforeEach(() => controls().reset());

  describe("skopeo", () => {
    needs("skopeo");

    it("copies between registries of two regions with the helper", async () => {
      const alice = newTester("alice");
      const copy = `docker://${farRegistry}/by-skopeo:1`;
      succeeded(await alice.run(["skopeo", "copy", `docker://${image}`, copy]));
      succeeded(await alice.run(["skopeo", "inspect", copy]));
      assert.deepEqual([...tokensAsked()].sort(), ["eu-west-1", "us-east-1"]);
      assert.deepEqual(pulledAs(farRegistry), ["alice"]);
    });

    it("shows the helper's reason if AWS refuses a token", async () => {
      const mallory = newTester("mallory");
      const result = await mallory.run(["skopeo", "inspect", `docker://${image}`]);
      failed(result, /ecr:GetAuthorizationToken/);
    });

    it("logs out without a stored login", async () => {
      const alice = newTester("alice");
      const file = ["--authfile", alice.dockerConfigFile];
      succeeded(await alice.run(["skopeo", "logout", ...file, appRegistry]));
      succeeded(await alice.run(["skopeo", "inspect", `docker://${image}`]));
    });
  });

  describe("podman", () => {
    needs("podman");

    it("pulls and pushes with the helper", async () => {
      const alice = newTester("alice");
      succeeded(await withStore(alice, "podman", "pull", image));
      succeeded(await withStore(alice, "podman", "push", image, `${appRegistry}/by-podman:1`));
      assert.deepEqual(tokensAsked(), ["us-east-1"]);
      assert.deepEqual(pulledAs(appRegistry), ["alice"]);
    });

    it("logs in and out with the helper, and out without a stored login", async () => {
      const alice = newTester("alice");
      const file = ["--authfile", alice.dockerConfigFile];
      const password = await loginPassword("bob", "us-east-1");
      const login = ["login", ...file, "--username", "AWS", "--password", password, bobsRegistry];
      succeeded(await withStore(alice, "podman", ...login));
      controls().reset();
      succeeded(await withStore(alice, "podman", "pull", bobs));
      assert.deepEqual(pulledAs(bobsRegistry), ["bob"]);

      for (const _ of ["the login", "nothing"]) {
        succeeded(await withStore(alice, "podman", "logout", ...file, bobsRegistry));
      }
      controls().reset();
      succeeded(await withStore(alice, "podman", "pull", bobs));
      assert.deepEqual(pulledAs(bobsRegistry), ["alice"]);
    });
  });

  describe("buildah", () => {
    needs("buildah");

    it("builds from a private base image and pushes with the helper", async () => {
      const alice = newTester("alice");
      const built = `${appRegistry}/by-buildah:1`;
      const container = succeeded(await withStore(alice, "buildah", "from", image)).stdout.trim();
      succeeded(await withStore(alice, "buildah", "config", "--label", "built=yes", container));
      succeeded(await withStore(alice, "buildah", "commit", container, built));
      succeeded(await withStore(alice, "buildah", "push", built));
      assert.deepEqual(tokensAsked(), ["us-east-1"]);
      assert.deepEqual(pulledAs(appRegistry), ["alice"]);
    });
  });
});
