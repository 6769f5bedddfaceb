import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identityState } from "../../src/profiles/dependencies.ts";
import type { Environment } from "../../src/token/dependencies.ts";
import { ambient, type Identity } from "../../src/token/identity.ts";

describe("identityState", () => {
  let home = "";
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "ecr-identity-"));
    mkdirSync(join(home, ".aws"));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const stateOf = (env: Environment, boot = "boot one", identity: Identity = ambient) =>
    identityState(identity, { env, home, boot, readStamp: () => "stamp" });
  const keyOf = async (...args: Parameters<typeof stateOf>) => (await stateOf(...args)).key;
  const writeConfig = (text: string) => writeFileSync(join(home, ".aws/config"), text);

  it("changes with the boot for an instance role", async () => {
    assert.notEqual(await keyOf({}), await keyOf({}, "boot two"));
    assert.equal((await stateOf({})).dependencies.boot, "boot one");
  });

  it("has a unique boot id for an instance role if the boot id can't be read", async () => {
    const state = await identityState(ambient, { env: {}, home, boot: undefined, readStamp: () => "stamp" });
    assert.equal(state.dependencies.boot, "unknown");
    assert.notEqual(state.key, await keyOf({}));
  });

  it("does not change with the boot for credentials from the environment or files", async () => {
    const keys = { AWS_ACCESS_KEY_ID: "TESTKEY", AWS_SECRET_ACCESS_KEY: "test" };
    for (const env of [keys, { AWS_PROFILE: "ci" }]) {
      assert.equal(await keyOf(env), await keyOf(env, "boot two"));
      assert.equal((await stateOf(env)).dependencies.boot, undefined);
    }
    writeConfig("[default]\nsso_account_id = 111122223333\n");
    assert.equal(await keyOf({}), await keyOf({}, "boot two"));
    const profile: Identity = { kind: "profile", profile: "ci" };
    assert.equal(await keyOf({}, "boot one", profile), await keyOf({}, "boot two", profile));
  });

  it("changes with the profile, role and external id", async () => {
    const role = (externalId?: string): Identity => ({
      kind: "role",
      roleArn: "arn:aws:iam::111122223333:role/ci",
      source: ambient,
      ...(externalId !== undefined && { externalId }),
    });
    const identities: Identity[] = [
      ambient,
      { kind: "profile", profile: "ci" },
      role(),
      role("a"),
      role("b"),
    ];
    const keys = await Promise.all(identities.map((identity) => keyOf({}, "boot", identity)));
    assert.equal(new Set(keys).size, identities.length);
  });

  it("does not change after an edit of another profile", async () => {
    writeConfig("[profile ci]\nregion = us-east-1\n");
    const before = await keyOf({ AWS_PROFILE: "ci" });
    writeConfig("[profile ci]\nregion = us-east-1\n[profile other]\nregion = us-east-1\n");
    assert.equal(await keyOf({ AWS_PROFILE: "ci" }), before);
    writeConfig("[profile ci]\nregion = us-east-1\nrole_arn = arn:aws:iam::111122223333:role/x\n");
    assert.notEqual(await keyOf({ AWS_PROFILE: "ci" }), before);
  });

  it("changes with the variables, script and program of a credential_process", async () => {
    const script = join(home, "p.sh");
    writeFileSync(script, "echo $WHO\n");
    writeConfig(`[profile ci]\ncredential_process = /bin/sh ${script}\n`);
    const env = { AWS_PROFILE: "ci", PATH: "/bin" };
    const keys = [
      await keyOf(env),
      await keyOf({ ...env, WHO: "a" }),
      await keyOf({ ...env, PATH: "/usr/bin" }),
    ];
    const edited = { env, home, boot: "boot one", readStamp: (path: string) => `edited ${path}` };
    keys.push((await identityState(ambient, edited)).key);
    assert.equal(new Set(keys).size, 4);
    assert.equal(await keyOf({ ...env, SHLVL: "2" }), keys[0]);
    assert.notEqual(await keyOf({ ...env, UNRELATED: "a" }), keys[0]);
    const { dependencies } = await stateOf(env);
    assert.ok(dependencies.files.some(({ path }) => path === script));
    assert.ok(dependencies.environment.names.includes("*"));
  });

  it("of config.yaml does not change with a variable that its credential_process does not name", async () => {
    const script = join(home, "p.sh");
    writeFileSync(script, "echo $WHO\n");
    writeConfig(`[profile ci]\ncredential_process = /bin/sh ${script}\n`);
    const identity = { kind: "profile", profile: "ci" } as const;
    const sources = [
      identity,
      { kind: "role", roleArn: "arn:aws:iam::111122223333:role/x", source: identity } as const,
    ];
    for (const each of sources) {
      const before = await keyOf({ PATH: "/bin" }, "boot", each);
      assert.equal(await keyOf({ PATH: "/bin", UNRELATED: "a", AWS_PAGER: "" }, "boot", each), before);
      assert.notEqual(await keyOf({ PATH: "/bin", WHO: "a" }, "boot", each), before);
    }
  });
});
