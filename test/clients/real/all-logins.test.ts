import assert from "node:assert/strict";
import { join } from "node:path";
import { clients } from "../../support/clients/list.ts";
import { pathOf } from "../../support/clients/places.ts";
import { images, Trial } from "../../support/clients/try.ts";
import { controls, tokensAsked } from "../../support/e2e/aws.ts";
import { failed, type Result, succeeded } from "../../support/e2e/command.ts";
import { machine } from "../../support/e2e/hooks.ts";
import { makeImage, removeImage } from "../../support/e2e/images.ts";
import { appRegistry } from "../../support/e2e/names.ts";
import { needs } from "../../support/e2e/needs.ts";
import { type Service, startService } from "../../support/e2e/service.ts";
import { newTester, type Tester } from "../../support/e2e/user.ts";

/** Makes `list` name the registry. */
async function warm(tester: Tester): Promise<void> {
  succeeded(await tester.run(["docker-credential-ecr", "get"], { input: appRegistry }));
}

// These clients collect all logins first: by the entries of `credHelpers`, and by the result of `list`.
describe("clients that request all logins", function () {
  this.timeout(300_000);

  before(async () => {
    await makeImage(images.app);
    succeeded(await newTester("alice").docker("push", images.app));
    await removeImage(images.app);
  });

  beforeEach(() => controls().reset());

  describe("docker-py's build", () => {
    let trial: Trial;
    const build = (tester: Tester) => trial.run(tester, "pull", images.app);

    before(function () {
      const client = clients.find(({ name }) => name === "docker-py build");
      const path = client && pathOf(client);
      if (!client || path === undefined) return this.skip();
      trial = new Trial(client, path);
    });

    it("with credHelpers gets a token that was not stored", async () => {
      succeeded(await build(trial.tester("alice", "credHelpers")));
    });

    it("with credsStore has only tokens that are stored", async () => {
      const alice = trial.tester("alice", "credsStore");
      failed(await build(alice), /no basic auth credentials/);
      assert.deepEqual(tokensAsked(), []);
      await warm(alice);
      succeeded(await build(alice));
    });
  });

  describe("podman --remote", () => {
    needs("podman");
    let service: Service;
    const socket = () => join(machine().folder, "podman.sock");
    const pull = (tester: Tester): Promise<Result> =>
      tester.run(["podman", "--remote", "--url", `unix://${socket()}`, "pull", "--quiet", images.app]);

    before(async () => {
      const { home, env } = newTester();
      const store = [
        "--root",
        join(home, "store"),
        "--runroot",
        `/run/${home.slice(-6)}`,
        "--storage-driver",
        "vfs",
      ];
      const manager = ["--cgroup-manager", "cgroupfs", "--events-backend", "file"];
      const command = ["podman", ...store, ...manager, "system", "service", "--time=0", `unix://${socket()}`];
      const isReady = async () =>
        (await newTester().run(["podman", "--remote", "--url", `unix://${socket()}`, "version"])).exitCode ===
        0;
      service = await startService("podman", command, { folder: machine().folder, env, isReady });
    });
    after(() => service?.stop());

    /** The file that `configure-docker --podman` wrote; Docker's config is not used. */
    async function configured(...args: readonly string[]): Promise<Tester> {
      const alice = newTester("alice", "credsStore");
      succeeded(await alice.run(["docker-credential-ecr", "configure-docker", "--podman", ...args]));
      return alice;
    }

    it("with credHelpers gets a token that was not stored", async () => {
      succeeded(await pull(await configured(appRegistry)));
    });

    it("with the helper for all registries has only tokens that are stored", async () => {
      const alice = await configured("--all");
      const refused = await pull(alice);
      failed(refused, /denied|unauthorized|authentication required/i);
      assert.deepEqual(tokensAsked(), []);
      await warm(alice);
      succeeded(await pull(alice));
    });
  });
});
