import assert from "node:assert/strict";
import { join } from "node:path";
import { clientFolder } from "../../../scripts/clients/cache.ts";
import { failed } from "../../support/e2e/command.ts";
import { machine } from "../../support/e2e/hooks.ts";
import { appRegistry } from "../../support/e2e/names.ts";
import { answers, type Service, startService } from "../../support/e2e/service.ts";
import { newTester } from "../../support/e2e/user.ts";

const url = "http://127.0.0.1:5555";

/** An AWS that this project did not write. Its tokens have expired in 2015. */
describe("moto", function () {
  this.timeout(120_000);
  let service: Service;
  const env = {
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_ENDPOINT_URL: url,
  };

  before(async function () {
    const path = join(clientFolder("python"), "bin");
    if (Bun.which("moto_server", { PATH: path }) === null) return this.skip();
    const { folder, path: usual } = machine();
    const command = ["moto_server", "--host", "127.0.0.1", "--port", "5555"];
    const isReady = () => answers(`${url}/moto-api/data.json`);
    const more = { env: { PATH: `${path}:${usual}`, HOME: folder }, isReady, withinMs: 60_000 };
    service = await startService("moto", command, { folder, ...more });
  });
  after(() => service?.stop());

  it("a get says that the token has expired", async () => {
    const tester = newTester();
    const get = () => tester.run(["docker-credential-ecr", "get"], { input: appRegistry, env });
    const { stderr } = failed(await get(), /expired/i);
    assert.match(stderr, /2015/);
    assert.match(stderr, /\[[A-Z_]+\]\n$/);
    failed(await get(), /expired/i);
  });

  it("a pass of the daemon fails and ends", async () => {
    const tester = newTester();
    await tester.run(["docker-credential-ecr", "get"], { input: appRegistry, env });
    await tester.run(["mkdir", "-p", join(tester.home, ".config/docker-credential-ecr")]);
    const config = join(tester.home, ".config/docker-credential-ecr/config.yaml");
    await Bun.write(config, `version: 1\nregistries:\n  - host: ${appRegistry}\n`);
    failed(await tester.run(["docker-credential-ecr", "daemon", "--once"], { env }), /expired/i);
  });
});
