import assert from "node:assert/strict";
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { readStamped } from "../../src/config/stamped.ts";
import { listManagedRegistries, type ManagedRegistries } from "../../src/managed/registries.ts";
import { type AppContext, createAppContext } from "../../src/provider/context.ts";
import { tokenPath } from "../../src/store/files/paths.ts";
import { registryEntry } from "../support/fakes/entries.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

const config = `version: 1
identities:
  alice: { profile: alice }
  bob: { profile: bob }
registries:
  - { account: "111111111111", regions: [us-east-1, us-west-2], identity: alice }
  - { account: "222222222222", regions: [us-east-1], identity: bob }
`;
const credentials = (secret: string) => `[alice]
aws_access_key_id = AKIAALICE
aws_secret_access_key = ${secret}
[bob]
aws_access_key_id = AKIABOB
aws_secret_access_key = other
`;

describe("a list of managed registries that reuses the last one", () => {
  const home = useTempFolder();
  let app: AppContext;
  const hostOf = (account: string) => `${account}.dkr.ecr.eu-west-1.amazonaws.com`;
  const write = (path: string, text: string) => writeFileSync(`${home()}/${path}`, text, { mode: 0o600 });
  const discover = (account: string) => app.store.writeRegistry(registryEntry({ host: hostOf(account) }));

  /** As every writer does: in place nothing changes. */
  const replace = (host: string) => {
    const path = tokenPath(app.folders.state, host);
    rmSync(path);
    writeFileSync(path, "damaged", { mode: 0o600 });
  };

  beforeEach(async () => {
    mkdirSync(`${home()}/.config/docker-credential-ecr`, { recursive: true, mode: 0o700 });
    mkdirSync(`${home()}/.aws`, { mode: 0o700 });
    write(".config/docker-credential-ecr/config.yaml", config);
    write(".aws/credentials", credentials("first"));
    app = await createAppContext({ HOME: home() }, home());
    await discover("333333333333");
  });

  const list = async (previous?: ManagedRegistries) => {
    const { folders, files } = app;
    const seen = await readStamped(folders, files.stamp, previous?.lists.configured.config);
    return listManagedRegistries(app, seen, previous);
  };

  const shown = ({ plan, registries, registrations, minValidity }: ManagedRegistries) => ({
    ...{ plan, registries, minValidity },
    registrations: [...registrations].map(([host, { read: _, ...rest }]) => [host, rest]),
  });

  const CHANGES: [what: string, change: () => unknown][] = [
    ["nothing", () => {}],
    ["the keys of a profile", () => write(".aws/credentials", credentials("second"))],
    ["a profile that is gone", () => write(".aws/credentials", "")],
    ["another AWS file", () => write(".aws/config", "[profile carol]\nregion = us-east-1\n")],
    ["an SSO sign-in", () => write(".aws/config", "[profile alice]\nsso_session = x\n")],
    ["a registry that a build asked for", () => discover("444444444444")],
    ["a registry that was asked for again", () => discover("333333333333")],
    ["a token file that is gone", () => rmSync(tokenPath(app.folders.state, hostOf("333333333333")))],
    ["a token file that another file has replaced", () => replace(hostOf("333333333333"))],
  ];
  for (const rounds of [1, 3]) {
    for (const [what, change] of CHANGES) {
      it(`equals a new list, after ${rounds}: ${what}`, async () => {
        let previous = await list();
        for (let round = 0; round < rounds; round++) previous = await list(previous);
        await change();
        const next = await list(previous);
        assert.deepEqual(shown(next), shown(await list()));
        assert.deepEqual(shown(await list(next)), shown(next));
      });
    }
  }

  it("is the same object if nothing has changed", async () => {
    const first = await list();
    const second = await list(first);
    assert.equal(second.plan, first.plan);
    assert.equal(second.registries, first.registries);
  });

  it("drops registries that were not used for a week", async () => {
    const path = tokenPath(app.folders.state, hostOf("333333333333"));
    const week = 7 * 24 * 3_600_000;
    utimesSync(path, new Date(), new Date(Date.now() - week + 60_000));
    const first = await list();
    assert.equal(first.plan.unused.length, 0);
    Object.assign(app, { now: () => Date.now() + 120_000 });
    assert.equal((await list(first)).plan.unused.length, 1);
  });
});
