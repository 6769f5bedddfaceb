import assert from "node:assert/strict";
import { withLogins } from "../../src/clients/docker/edit-logins.ts";
import { loginsIn } from "../../src/clients/docker/logins.ts";
import { exportLogins, planExport, restoreTokens } from "../../src/configure/export-logins.ts";
import { importLogins, planImport, type Sources } from "../../src/configure/import-logins.ts";
import { DelegatedReply } from "../../src/protocol/reply.ts";
import { Failure } from "../../src/token/failure.ts";
import { MemoryLogins } from "../support/fakes/memory-logins.ts";

const me = { username: "me", secret: "made-up" };
const other = { username: "me", secret: "another" };
const auth = ({ username, secret }: typeof me) => ({ auth: btoa(`${username}:${secret}`) });
const fileOf = (auths: Record<string, unknown>) => JSON.stringify({ auths });

describe("moving logins in", () => {
  let kept: MemoryLogins;
  beforeEach(() => {
    kept = new MemoryLogins();
  });
  const plan = (auths: Record<string, unknown>, more: Partial<Sources> = {}) =>
    planImport({
      file: loginsIn(fileOf(auths)),
      helper: new Map(),
      credHelpers: {},
      kept,
      replace: false,
      ...more,
    });
  const servers = async (auths: Record<string, unknown>, more: Partial<Sources> = {}) =>
    (await plan(auths, more)).incoming.map(({ key, server, isKept }) => `${key ?? "-"} ${server} ${isKept}`);

  it("takes each once, by the name under which Docker asks, the exact one first", async () => {
    const auths = {
      "https://a.example/v1/": auth(other),
      "a.example": auth(me),
      "http://b.example": auth(me),
    };
    const { left } = await plan(auths);
    assert.deepEqual(await servers(auths), ["a.example a.example false", "http://b.example b.example false"]);
    assert.deepEqual(left, [
      { key: "https://a.example/v1/", why: "Docker does not use it, but the entry a.example" },
    ]);
  });

  it("lets no login that is kept give way unasked", async () => {
    kept.held.set("a.example", other).set("b.example", me);
    const auths = { "a.example": auth(me), "b.example": auth(me) };
    assert.deepEqual(await servers(auths), ["b.example b.example true"]);
    const [first] = (await plan(auths)).left;
    assert.equal(first?.key, "a.example");
    assert.match(first.why, /--replace/);
    assert.deepEqual(await servers(auths, { replace: true }), [
      "a.example a.example false",
      "b.example b.example true",
    ]);
  });

  it("leaves another helper what it is named for, and prefers what it has to the file", async () => {
    const auths = { "a.example": auth(me), "b.example": auth(me), "c.example": auth(me) };
    const credHelpers = { "a.example": "pass", "c.example": "ecr" };
    const helper = new Map([["b.example", other]]);
    assert.deepEqual(await servers(auths, { credHelpers, helper }), [
      "- b.example false",
      "c.example c.example false",
    ]);
    const { left } = await plan(auths, { credHelpers, helper });
    assert.deepEqual(left, [
      { key: "a.example", why: "Docker asks pass for it" },
      { key: "b.example", why: "the former helper's is another login to the same server" },
    ]);
  });

  it("stops where one is refused, and says that nothing was taken out", async () => {
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
      message: /nothing was taken out/,
      fix: "unlock it",
    });
    const handedBack = new DelegatedReply({ stdout: "no gpg key", stderr: "" });
    const refused = {
      code: "IMPORT_REFUSED",
      message: /b.example.*docker-credential-pass.*no gpg key.*nothing/,
    };
    await assert.rejects(importLogins(incoming, failing(handedBack), "docker-credential-pass"), refused);
  });

  it("believes only what comes back", async () => {
    const { incoming } = await plan({ "a.example": auth(me) });
    for (const back of [undefined, other]) {
      const lossy = Object.assign(new MemoryLogins(), { get: async () => back });
      await assert.rejects(importLogins(incoming, lossy, "the keychain"), { code: "IMPORT_CHECK" });
    }
  });
});

describe("moving logins out", () => {
  const imported = [
    { key: "https://a.example", server: "a.example", wasKept: false },
    { key: "b.example", server: "b.example", wasKept: true },
    { key: "gone.example", server: "gone.example", wasKept: false },
  ];
  let kept: MemoryLogins;
  beforeEach(() => {
    kept = new MemoryLogins();
    kept.held
      .set("a.example", me)
      .set("b.example", me)
      .set("c.example", { username: "<token>", secret: "t" });
  });

  it("puts back what came from the file, as it is now, and removes here what the file has", async () => {
    const before = fileOf({ "https://a.example": { email: "e" } });
    const { logins, leaving, left } = await planExport(before, imported, false, kept);
    assert.match(left.join(), /^gone\.example: no login to it is kept here now/);
    assert.deepEqual(
      logins,
      new Map([
        ["https://a.example", me],
        ["b.example", me],
      ]),
    );
    assert.deepEqual(await exportLogins(leaving, withLogins(before, logins), kept), []);
    assert.deepEqual([...kept.held.keys()], ["b.example", "c.example"]);
  });

  it("removes nothing that the file does not have after all", async () => {
    const { leaving } = await planExport("{}", imported, false, kept);
    assert.deepEqual(await exportLogins(leaving, fileOf({ "a.example": auth(other) }), kept), ["a.example"]);
    assert.ok(kept.held.has("a.example"));
  });

  it("takes all with --export", async () => {
    const { logins } = await planExport("{}", imported, true, kept);
    assert.deepEqual([...logins.keys()], ["https://a.example", "b.example", "c.example"]);
    assert.deepEqual(logins.get("c.example"), { username: "<token>", secret: "t" });
  });

  it("leaves another login that stands in the file since", async () => {
    const { logins, leaving, left } = await planExport(
      fileOf({ "b.example": auth(other) }),
      imported,
      false,
      kept,
    );
    assert.deepEqual([...logins.keys()], ["https://a.example"]);
    assert.deepEqual(
      leaving.map(({ server }) => server),
      ["a.example"],
    );
    assert.match(left.join(), /^b.example: another login/);
  });

  it("fails before anything is done where one can't be read", async () => {
    kept.get = async () => {
      throw new Failure("KEYCHAIN_LOCKED", "the keychain is locked", "unlock it");
    };
    const refused = { code: "EXPORT_UNREADABLE", message: /locked/, fix: /--leave-logins/ };
    await assert.rejects(planExport("{}", imported, false, kept), refused);
  });

  it("puts back ECR's tokens but for those that are over", () => {
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
