import assert from "node:assert/strict";
import { withLogins } from "../../src/clients/docker/edit-logins.ts";
import { loginsIn } from "../../src/clients/docker/logins.ts";
import { planChange } from "../../src/configure/apply.ts";
import { exportLogins, planExport, restoreTokens } from "../../src/configure/export-logins.ts";
import {
  checkImportCount,
  importLogins,
  planImport,
  type Sources,
} from "../../src/configure/import-logins.ts";
import { DelegatedReply } from "../../src/protocol/reply.ts";
import { Failure } from "../../src/token/failure.ts";
import { MemoryLogins } from "../support/fakes/memory-logins.ts";

const me = { username: "me", secret: "made-up" };
const other = { username: "me", secret: "another" };
const auth = ({ username, secret }: typeof me) => ({ auth: btoa(`${username}:${secret}`) });
const fileOf = (auths: Record<string, unknown>) => JSON.stringify({ auths });

describe("importing logins", () => {
  let store: MemoryLogins;
  beforeEach(() => {
    store = new MemoryLogins();
  });
  const plan = (auths: Record<string, unknown>, more: Partial<Sources> = {}) =>
    planImport({
      file: loginsIn(fileOf(auths)),
      helper: new Map(),
      credHelpers: {},
      store,
      replace: false,
      ...more,
    });
  const servers = async (auths: Record<string, unknown>, more: Partial<Sources> = {}) =>
    (await plan(auths, more)).incoming.map(
      ({ key, server, isStored }) => `${key ?? "-"} ${server} ${isStored}`,
    );

  it("imports each once, under the name that Docker uses, an exact key first", async () => {
    const auths = {
      "https://a.example/v1/": auth(other),
      "a.example": auth(me),
      "http://b.example": auth(me),
    };
    const { skipped } = await plan(auths);
    assert.deepEqual(await servers(auths), ["a.example a.example false", "http://b.example b.example false"]);
    assert.deepEqual(skipped, [
      { key: "https://a.example/v1/", why: "Docker uses the entry a.example instead" },
    ]);
  });

  it("replaces no stored login without --replace", async () => {
    store.held.set("a.example", other).set("b.example", me);
    const auths = { "a.example": auth(me), "b.example": auth(me) };
    assert.deepEqual(await servers(auths), ["b.example b.example true"]);
    const [first] = (await plan(auths)).skipped;
    assert.equal(first?.key, "a.example");
    assert.match(first.why, /--replace/);
    assert.deepEqual(await servers(auths, { replace: true }), [
      "a.example a.example false",
      "b.example b.example true",
    ]);
  });

  it("skips servers of another helper, and prefers that helper's logins to the file", async () => {
    const auths = { "a.example": auth(me), "b.example": auth(me), "c.example": auth(me) };
    const credHelpers = { "a.example": "pass", "c.example": "ecr" };
    const helper = new Map([["b.example", other]]);
    assert.deepEqual(await servers(auths, { credHelpers, helper }), [
      "- b.example false",
      "c.example c.example false",
    ]);
    const { skipped } = await plan(auths, { credHelpers, helper });
    assert.deepEqual(skipped, [
      { key: "a.example", why: "Docker uses pass for it" },
      { key: "b.example", why: "the previous helper's login is another login to the same server" },
    ]);
  });

  it("stops at the first refusal, and reports that nothing was removed", async () => {
    const { incoming } = await plan({ "a.example": auth(me), "b.example": auth(me) });
    const failing = (error: Error) =>
      Object.assign(new MemoryLogins(), {
        store: async (server: string) => {
          if (server === "b.example") throw error;
        },
        get: async () => me,
      });
    const refusal = new Failure("KEYCHAIN_LOCKED", "it is locked", "unlock it");
    await assert.rejects(importLogins(incoming, failing(refusal), "the keychain"), {
      code: "KEYCHAIN_LOCKED",
      message: /nothing was removed/,
      fix: "unlock it",
    });
    const delegated = new DelegatedReply({ stdout: "no gpg key", stderr: "" });
    const refused = {
      code: "IMPORT_REFUSED",
      message: /b.example.*docker-credential-pass.*no gpg key.*nothing/,
    };
    await assert.rejects(importLogins(incoming, failing(delegated), "docker-credential-pass"), refused);
  });

  it("reads each login back", async () => {
    const { incoming } = await plan({ "a.example": auth(me) });
    for (const back of [undefined, other]) {
      const lossy = Object.assign(new MemoryLogins(), { get: async () => back });
      await assert.rejects(importLogins(incoming, lossy, "the keychain"), { code: "IMPORT_CHECK" });
    }
  });
});

describe("the number of logins in a file", () => {
  const many = (count: number, of = me) =>
    loginsIn(
      fileOf(Object.fromEntries(Array.from({ length: count }, (_, at) => [`h${at}.example`, auth(of)]))),
    );

  it("may be 1,000 for an import, and no more", () => {
    checkImportCount(many(1_000), "config.json");
    assert.throws(() => checkImportCount(many(1_001), "config.json"), {
      code: "IMPORT_TOO_MANY",
      message: /^config\.json contains 1001 logins, and --import moves 1000 at most$/,
    });
  });

  it("counts no entry without one", () => {
    const auths = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`h${at}.example`, {}]));
    checkImportCount(loginsIn(fileOf(auths)), "config.json");
  });

  it("does not slow down the refusal of those that no helper can keep", () => {
    const time = (count: number) => {
      const auths: Record<string, unknown> = {};
      for (let at = 0; at < count; at++) auths[`h${at}.example`] = { registrytoken: "t" };
      const text = fileOf(auths);
      const skipped = Object.keys(auths).map((key) => ({ key, why: "a registry token" }));
      const choice = {
        helperConfig: { kind: "all" },
        replace: false,
        tokens: [],
        imports: { incoming: [], skipped },
      } as const;
      const began = process.cpuUsage();
      assert.throws(() => planChange(text, choice, "config.json"), {
        code: "DOCKER_CONFIG_TAKEN",
        message: new RegExp(`h9\\.example: a registry token and ${count - 10} more$`),
      });
      return process.cpuUsage(began).user;
    };
    time(1_000);
    // A quadratic algorithm would take 256 times as long.
    assert.ok(time(64_000) < 60 * Math.max(time(4_000), 20_000));
  }).timeout(120_000);

  it("does not slow down the removal of each here", async () => {
    const kept = new MemoryLogins();
    const time = async (count: number) => {
      const auths: Record<string, unknown> = {};
      for (let at = 0; at < count; at++) auths[`h${at}.example`] = auth(me);
      const toErase = Object.keys(auths).map((server) => ({ server, login: me }));
      const text = fileOf(auths);
      const began = process.cpuUsage();
      assert.deepEqual(await exportLogins(toErase, text, kept), []);
      return process.cpuUsage(began).user;
    };
    await time(1_000);
    assert.ok((await time(64_000)) < 60 * Math.max(await time(4_000), 20_000));
  }).timeout(120_000);
});

describe("exporting logins", () => {
  const imported = [
    { key: "https://a.example", server: "a.example", wasKept: false },
    { key: "b.example", server: "b.example", wasKept: true },
    { key: "gone.example", server: "gone.example", wasKept: false },
  ];
  let store: MemoryLogins;
  beforeEach(() => {
    store = new MemoryLogins();
    store.held
      .set("a.example", me)
      .set("b.example", me)
      .set("c.example", { username: "<token>", secret: "t" });
  });

  it("writes imported logins back, and removes from the store what the file has", async () => {
    const before = fileOf({ "https://a.example": { email: "e" } });
    const { logins, toErase, skipped } = await planExport(before, imported, false, store);
    assert.match(skipped.join(), /^gone\.example: no login to it is stored now/);
    assert.deepEqual(
      logins,
      new Map([
        ["https://a.example", me],
        ["b.example", me],
      ]),
    );
    assert.deepEqual(await exportLogins(toErase, withLogins(before, logins), store), []);
    assert.deepEqual([...store.held.keys()], ["b.example", "c.example"]);
  });

  it("removes nothing that is not in the file", async () => {
    const { toErase } = await planExport("{}", imported, false, store);
    assert.deepEqual(await exportLogins(toErase, fileOf({ "a.example": auth(other) }), store), ["a.example"]);
    assert.ok(store.held.has("a.example"));
  });

  it("writes all logins with --export", async () => {
    const { logins } = await planExport("{}", imported, true, store);
    assert.deepEqual([...logins.keys()], ["https://a.example", "b.example", "c.example"]);
    assert.deepEqual(logins.get("c.example"), { username: "<token>", secret: "t" });
  });

  it("reports a server whose login the store no longer has, with --export", async () => {
    store.servers = async () => ["c.example", "lost.example"];
    const { logins, skipped } = await planExport("{}", [], true, store);
    assert.deepEqual([...logins.keys()], ["c.example"]);
    assert.match(skipped.join(), /^lost\.example: no login to it is stored now/);
  });

  it("does not replace a newer login in the file", async () => {
    const { logins, toErase, skipped } = await planExport(
      fileOf({ "b.example": auth(other) }),
      imported,
      false,
      store,
    );
    assert.deepEqual([...logins.keys()], ["https://a.example"]);
    assert.deepEqual(
      toErase.map(({ server }) => server),
      ["a.example"],
    );
    assert.match(skipped.join(), /^b.example: the file has another login/);
  });

  it("fails before any change if a login can't be read", async () => {
    store.get = async () => {
      throw new Failure("KEYCHAIN_LOCKED", "the keychain is locked", "unlock it");
    };
    const refused = { code: "EXPORT_UNREADABLE", message: /locked/, fix: /--leave-logins/ };
    await assert.rejects(planExport("{}", imported, false, store), refused);
  });

  it("restores ECR tokens that have not expired", () => {
    const host = (region: string) => `111122223333.dkr.ecr.${region}.amazonaws.com`;
    const token = (expiration: number) => ({ username: "AWS", secret: btoa(JSON.stringify({ expiration })) });
    const dropped = {
      [host("us-east-1")]: token(100),
      [host("us-east-2")]: token(200),
      [host("us-west-1")]: { username: "AWS", secret: "x" },
      [host("us-west-2")]: token(300),
    };
    const text = fileOf({ [host("us-west-2")]: auth(token(400)), [host("us-east-2")]: {} });
    const back = restoreTokens(text, { replaced: {}, dropped }, 150_000);
    assert.deepEqual([...back.keys()], [host("us-east-2"), host("us-west-1")]);
  });
});
