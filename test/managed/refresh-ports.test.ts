import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { refreshPorts } from "../../src/managed/refresh-ports.ts";
import { readManagedRegistries } from "../../src/managed/registries.ts";
import { type AppContext, createAppContext } from "../../src/provider/context.ts";
import type { Job } from "../../src/refresher/job.ts";
import type { RefreshPorts } from "../../src/refresher/ports.ts";
import { tokenPath } from "../../src/store/files/paths.ts";
import type { AuthorizationEntry, RegistryEntry } from "../../src/token/entry.ts";
import { authorizationEntry } from "../support/fakes/entries.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

const config = `version: 1
identities:
  alice: { profile: alice }
registries:
  - { account: "111111111111", regions: [us-east-1], identity: alice }
  - { account: "222222222222", regions: [us-east-1], identity: alice }
  - { account: "333333333333", regions: [us-east-1], identity: alice }
`;

describe("publishing a token to a job's registries", () => {
  const home = useTempFolder();
  let app: AppContext;
  let ports: RefreshPorts;
  let job: Job;
  /** Hosts, in order. */
  let written: string[];
  /** Done before a file is written. */
  let meanwhile: (entry: RegistryEntry) => Promise<unknown>;

  beforeEach(async () => {
    const folder = `${home()}/.config/docker-credential-ecr`;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(`${folder}/config.yaml`, config, { mode: 0o600 });
    app = await createAppContext({ HOME: home() }, home());
    const write = app.store.writeRegistry;
    written = [];
    meanwhile = async () => {};
    Object.assign(app.store, {
      writeRegistry: async (entry: RegistryEntry) => {
        written.push(entry.host.slice(0, 3));
        await meanwhile(entry);
        await write(entry);
      },
    });
    const { managed } = await readManagedRegistries(app);
    ports = refreshPorts(app, () => managed);
    job = managed.plan.jobs[0] ?? assert.fail();
  });

  async function publish(
    entry: AuthorizationEntry,
    signal = new AbortController().signal,
  ): Promise<string[]> {
    written = [];
    await ports.publish(job, entry, { isSuperseded: async () => signal.aborted, signal });
    return written;
  }

  it("continues after its time limit, and writes nothing twice", async () => {
    const entry = authorizationEntry();
    await app.store.writeAuthorization(job.key, entry);
    const limit = new AbortController();
    meanwhile = async () => limit.abort();
    assert.deepEqual(await publish(entry, limit.signal), ["111"]);
    assert.deepEqual(await publish(entry), ["222", "333"]);
    assert.deepEqual(await publish(entry), []);
    assert.deepEqual(await publish(authorizationEntry({ secret: "the next" })), ["111", "222", "333"]);
  });

  it("leaves no file if a logout happens just before the write", async () => {
    const entry = authorizationEntry();
    await app.store.writeAuthorization(job.key, entry);
    meanwhile = async ({ host }) => {
      await app.store.removeAuthorization(job.key);
      await app.store.removeRegistry(host);
    };
    await publish(entry);
    for (const { host } of job.registries) assert.ok(!existsSync(tokenPath(app.folders.state, host)), host);
  });
});
