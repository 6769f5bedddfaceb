import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { clients } from "../../support/clients/list.ts";
import { pathOf } from "../../support/clients/places.ts";
import { images, Trial } from "../../support/clients/try.ts";
import { controls } from "../../support/e2e/aws.ts";
import { failed, succeeded } from "../../support/e2e/command.ts";
import { makeImage, removeImage } from "../../support/e2e/images.ts";
import { appRegistry } from "../../support/e2e/names.ts";
import { newTester, type Tester } from "../../support/e2e/user.ts";

/** An expired token in the form of ECR's passwords: the registry refuses it. */
const stale = {
  auths: {
    [appRegistry]: {
      auth: Buffer.from(`AWS:${Buffer.from('{"expiration":1}').toString("base64")}`).toString("base64"),
    },
  },
};

function write(path: string, content: object): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const doctor = (tester: Tester, env: Readonly<Record<string, string>>) =>
  tester.run(["docker-credential-ecr", "doctor", appRegistry], { env });

// Each case has doctor's finding, and the client's own message.
describe("what hides the helper from a client", function () {
  this.timeout(120_000);

  before(async () => {
    await makeImage(images.app);
    succeeded(await newTester("alice").docker("push", images.app));
    await removeImage(images.app);
  });

  beforeEach(() => controls().reset());

  const trialOf = (name: string, origin: string, skip: () => void): Trial | undefined => {
    const client = clients.find((each) => each.name === name && each.origin === origin);
    const path = client && pathOf(client);
    if (client && path !== undefined) return new Trial(client, path);
    skip();
    return undefined;
  };

  it("docker: DOCKER_AUTH_CONFIG", async function () {
    const trial = trialOf("docker", "Debian sid", () => this.skip());
    if (!trial) return;
    const alice = trial.tester("alice");
    const env = { DOCKER_AUTH_CONFIG: JSON.stringify(stale) };
    failed(await trial.run(alice, "pull", images.app, env), /denied|authorization token/);
    failed(await doctor(alice, env), /AUTH_VARIABLE/);
    succeeded(await trial.run(alice, "pull", images.app));
  });

  it("skopeo: REGISTRY_AUTH_FILE", async function () {
    const trial = trialOf("skopeo", "Debian sid", () => this.skip());
    if (!trial) return;
    const alice = trial.tester("alice");
    const env = { REGISTRY_AUTH_FILE: write(join(alice.home, "auth.json"), {}) };
    failed(await trial.run(alice, "pull", images.app, env), /authentication required|no basic auth|denied/i);
    failed(await doctor(alice, env), /REGISTRY_AUTH_FILE/);
    succeeded(
      await alice.run(["docker-credential-ecr", "configure-docker", "--podman", appRegistry], { env }),
    );
    succeeded(await trial.run(alice, "pull", images.app, env));
  });

  it("skopeo: the file in which podman login writes", async function () {
    const trial = trialOf("skopeo", "Debian 12", () => this.skip());
    if (!trial) return;
    const alice = trial.tester("alice");
    const env = { XDG_RUNTIME_DIR: join(alice.home, "run") };
    const file = write(join(env.XDG_RUNTIME_DIR, "containers/auth.json"), stale);
    failed(await trial.run(alice, "pull", images.app, env), /denied|authorization token|400|401|403/);
    failed(await doctor(alice, env), /PODMAN_LOGIN_STALE/);
    succeeded(await alice.run(["skopeo", "logout", "--authfile", file, appRegistry], { env }));
    succeeded(await trial.run(alice, "pull", images.app, env));
  });

  it("skopeo: a logout of all, which removes credHelpers", async function () {
    const trial = trialOf("skopeo", "Debian 12", () => this.skip());
    if (!trial) return;
    const alice = trial.tester("alice");
    write(alice.dockerConfigFile, {});
    succeeded(await alice.run(["docker-credential-ecr", "configure-docker", appRegistry]));
    succeeded(await trial.run(alice, "pull", images.app));
    await alice.run(["skopeo", "logout", "--all", "--authfile", alice.dockerConfigFile]);
    failed(await doctor(alice, {}), /WIRING_REMOVED/);
  });
});
