import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { controls, pulledAs, tokensAsked } from "../support/e2e/aws.ts";
import { failed, succeeded } from "../support/e2e/command.ts";
import { makeImage, removeImage } from "../support/e2e/images.ts";
import { appRegistry } from "../support/e2e/names.ts";
import { needs } from "../support/e2e/needs.ts";
import { newTester, type Tester } from "../support/e2e/user.ts";

const image = `${appRegistry}/outputs:1`;

/** Somebody whose daemon is to write the file, and who can read it though they have neither keys nor a helper. */
function newPair(): { keeper: Tester; reader: Tester } {
  const [keeper, reader] = [newTester("alice"), newTester()];
  writeFileSync(reader.dockerConfigFile, '{"psFormat": "x"}');
  const folder = join(keeper.home, ".config", "docker-credential-ecr");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const registries = `registries:\n  - host: ${appRegistry}\n`;
  const outputs = `outputs:\n  - dockerConfig: ${reader.dockerConfigFile}\n`;
  writeFileSync(join(folder, "config.yaml"), `version: 1\n${registries}${outputs}`, { mode: 0o600 });
  return { keeper, reader };
}

describe("a Docker config.json in outputs", () => {
  before(async () => {
    await makeImage(image);
    succeeded(await newTester("alice").docker("push", image));
  });

  beforeEach(() => controls().reset());

  it("lets docker pull without a helper, also after a change of tokens", async () => {
    const { keeper, reader } = newPair();
    const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };
    assert.equal(Bun.which("docker-credential-ecr", env), null);
    await removeImage(image);
    failed(await reader.run(["docker", "pull", image], { env }), /no basic auth credentials/);

    succeeded(await keeper.run(["docker-credential-ecr", "daemon", "--once"]));
    succeeded(await reader.run(["docker", "pull", image], { env }));
    controls().revoke("all");
    await removeImage(image);
    failed(await reader.run(["docker", "pull", image], { env }), /authorization token has expired/);

    succeeded(await keeper.run(["docker-credential-ecr", "refresh", "--force"]));
    succeeded(await reader.run(["docker", "pull", image], { env }));
    // refresh also fetches for the registry in another region that Docker is configured to ask for.
    assert.deepEqual([...tokensAsked()].sort(), ["eu-west-1", "us-east-1", "us-east-1"]);
    assert.deepEqual(pulledAs(appRegistry), ["alice"]);
  });

  it("is restored after docker logout changed it", async () => {
    const { keeper, reader } = newPair();
    const auths = () => JSON.parse(readFileSync(reader.dockerConfigFile, "utf8")).auths ?? {};
    succeeded(await keeper.run(["docker-credential-ecr", "daemon", "--once"]));
    const first = auths()[appRegistry];
    succeeded(await reader.docker("logout", appRegistry));
    assert.deepEqual(auths(), {});
    succeeded(await keeper.run(["docker-credential-ecr", "daemon", "--once"]));
    assert.deepEqual(auths(), { [appRegistry]: first });
    assert.equal(JSON.parse(readFileSync(reader.dockerConfigFile, "utf8")).psFormat, "x");
  });

  describe("for skopeo", () => {
    needs("skopeo");

    it("is an authfile", async () => {
      const { keeper, reader } = newPair();
      succeeded(await keeper.run(["docker-credential-ecr", "daemon", "--once"]));
      const { dockerConfigFile } = reader;
      succeeded(await reader.run(["skopeo", "inspect", "--authfile", dockerConfigFile, `docker://${image}`]));
    });
  });
});
