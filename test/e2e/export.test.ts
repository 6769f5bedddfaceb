import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { failed, succeeded } from "../support/e2e/command.ts";
import { makeImage, removeImage } from "../support/e2e/images.ts";
import { startCluster } from "../support/e2e/kubernetes.ts";
import { appRegistry } from "../support/e2e/names.ts";
import { needs } from "../support/e2e/needs.ts";
import { newTester } from "../support/e2e/user.ts";

const image = `${appRegistry}/export:1`;
const without = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };

describe("export", () => {
  before(async () => {
    await makeImage(image);
    succeeded(await newTester("alice").docker("push", image));
  });

  it("creates a config with which docker pulls without a helper", async () => {
    const [alice, reader] = [newTester("alice"), newTester()];
    const path = join(reader.home, ".docker/config.json");
    await removeImage(image);
    const env = { ...without, DOCKER_CONFIG: join(reader.home, "empty") };
    failed(await reader.run(["docker", "pull", image], { env }), /no basic auth credentials/);
    const command = ["docker-credential-ecr", "export", "--format", "docker-config", appRegistry];
    const { stdout } = succeeded(await alice.run(command));
    await Bun.write(path, stdout);
    succeeded(await reader.run(["docker", "pull", image], { env: without }));
  });

  describe("for kubectl", () => {
    needs("kubectl");
    let cluster: ReturnType<typeof startCluster>;
    before(() => {
      cluster = startCluster();
    });
    after(() => cluster.stop());

    const command = ["docker-credential-ecr", "export", "--format", "kubernetes-secret", "--namespace", "ci"];

    it("creates a manifest that it accepts, with the same content as kubectl's own", async () => {
      const alice = newTester("alice");
      const { stdout: input } = succeeded(await alice.run([...command, appRegistry]));
      const kubectl = async (...args: string[]) => {
        const ran = await alice.run(["kubectl", "--server", cluster.url, ...args, "-o", "json"], { input });
        return JSON.parse(succeeded(ran).stdout);
      };
      // Without an OpenAPI schema of a real cluster there is nothing to validate against.
      const dry = ["--dry-run=client", "--validate=false", "-f", "-"];
      const created = await kubectl("create", ...dry);
      const { metadata, type, data } = created;
      assert.deepEqual([metadata.name, metadata.namespace], ["ecr-login", "ci"]);
      assert.match(
        metadata.annotations["docker-credential-ecr/expires-at"],
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
      );
      assert.deepEqual((await kubectl("apply", ...dry)).data, data);

      const config = join(alice.home, "auth.json");
      succeeded(
        await alice.run([
          "docker-credential-ecr",
          "export",
          "--format",
          "docker-config",
          "-o",
          config,
          appRegistry,
        ]),
      );
      const own = await kubectl(
        ...["create", "secret", "generic", "ecr-login", "--dry-run=client"],
        ...["--type=kubernetes.io/dockerconfigjson", `--from-file=.dockerconfigjson=${config}`],
      );
      assert.equal(own.type, type);
      assert.ok(own.data[".dockerconfigjson"] === data[".dockerconfigjson"]);
      assert.equal(Buffer.from(data[".dockerconfigjson"], "base64").toString(), readFileSync(config, "utf8"));
      assert.deepEqual(cluster.changes, []);
    });
  });
});
