import assert from "node:assert/strict";
import { delegate } from "../../src/logins/delegate.ts";
import { protocolText } from "../../src/protocol/messages.ts";
import { noOtherLogins, onlyOthers } from "../../src/protocol/other-logins.ts";
import { DelegatedReply, type Reply, toReply } from "../../src/protocol/reply.ts";

describe("logins of another helper", () => {
  let reply: Reply;
  let asked: string[];
  beforeEach(() => {
    asked = [];
  });
  const logins = delegate(async (action, input) => {
    asked.push(`${action} ${input}`);
    return reply;
  }, "docker-credential-stub");
  const ok = (stdout: string): Reply => ({ stdout, stderr: "", exitCode: 0 });
  const refusal = (stdout: string): Reply => ({ stdout, stderr: "why\n", exitCode: 1 });

  it("are requested with Docker's protocol", async () => {
    reply = ok('{"ServerURL":"x","Username":"me","Secret":"s"}\n');
    assert.deepEqual(await logins.get("ghcr.io"), { username: "me", secret: "s" });
    reply = ok("");
    await logins.store("ghcr.io", { username: "<token>", secret: '"' });
    await logins.erase("ghcr.io");
    reply = ok('{"ghcr.io":"me"}');
    assert.deepEqual(await logins.list(), { "ghcr.io": "me" });
    assert.deepEqual(asked, [
      "get ghcr.io",
      'store {"ServerURL":"ghcr.io","Username":"<token>","Secret":"\\""}',
      "erase ghcr.io",
      "list unused",
    ]);
  });

  for (const end of ["\n", "\r\n", ""]) {
    it(`are not found if it reports so: ${JSON.stringify(end)}`, async () => {
      reply = refusal(protocolText.notFound + end);
      assert.equal(await logins.get("ghcr.io"), undefined);
      await logins.erase("ghcr.io");
      assert.deepEqual(await logins.list(), {});
    });
  }

  it("are not found if both fields are empty", async () => {
    reply = ok('{"ServerURL":"x","Username":"","Secret":""}');
    assert.equal(await logins.get("ghcr.io"), undefined);
  });

  it("return a refusal without secrets whose names contain invisible characters", async () => {
    reply = refusal("pass\u200bword=hush-hush and to\u00adken: hush-hush\n");
    await assert.rejects(logins.get("ghcr.io"), (error: DelegatedReply) => {
      assert.doesNotMatch(toReply(error).stdout, /hush/);
      return true;
    });
  });

  it("return its refusals unchanged", async () => {
    reply = refusal("gpg: decryption failed\n");
    const store = () => logins.store("ghcr.io", { username: "me", secret: "s" });
    for (const call of [() => logins.get("x"), store, () => logins.erase("x"), () => logins.list()]) {
      const error = await call().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof DelegatedReply);
      assert.deepEqual(toReply(error), reply);
    }
  });

  it("return a refusal without secrets", async () => {
    reply = { ...refusal("Authorization: Basic hush-hush\nno"), stderr: "password=hush-hush\n" };
    const error = await logins.get("x").catch((thrown: unknown) => thrown);
    const { stdout, stderr } = toReply(error);
    assert.doesNotMatch(stdout + stderr, /hush/);
    assert.match(stdout, /\nno\n$/);
  });

  it("return a refusal without a line end completely, and one without a text with that of stderr", async () => {
    for (const [stdout, whole] of [
      ["gpg: failed", "gpg: failed\n"],
      ["", "why\n"],
    ] as const) {
      reply = refusal(stdout);
      const error = await logins.get("x").catch((thrown: unknown) => thrown);
      assert.deepEqual(toReply(error), { ...reply, stdout: whole });
    }
  });

  for (const stdout of ["", "hush-hush", "null", '"hush-hush"', '{"Username":1,"Secret":"hush-hush"}']) {
    it(`refuse an invalid answer without quoting it: ${stdout}`, async () => {
      reply = ok(stdout);
      await assert.rejects(logins.get("x"), (error: { code?: string; message: string }) => {
        assert.doesNotMatch(error.message, /hush/);
        return error.code === "FALLBACK_ANSWER";
      });
    });
  }

  it("refuse an invalid list", async () => {
    for (const stdout of ["[1]", '{"x":1}', "null"]) {
      reply = ok(stdout);
      await assert.rejects(logins.list(), { code: "FALLBACK_ANSWER" });
    }
  });
});

describe("onlyOthers", () => {
  it("excludes ECR hosts and malformed servers", () => {
    const others = { "ghcr.io": "me", "https://index.docker.io/v1/": "me", "localhost:5000/x": "me" };
    const ours = { "111122223333.dkr.ecr.us-east-1.amazonaws.com": "AWS", "https://public.ecr.aws/": "AWS" };
    assert.deepEqual(onlyOthers({ ...others, ...ours, "me@ghcr.io": "me", "": "me" }), others);
  });
});

describe("no other logins", () => {
  it("store nothing, and refuse to store", async () => {
    assert.equal(await noOtherLogins.get("ghcr.io"), undefined);
    assert.deepEqual(await noOtherLogins.list(), {});
    await noOtherLogins.erase("ghcr.io");
    const store = noOtherLogins.store("ghcr.io", { username: "me", secret: "hush-hush" });
    await assert.rejects(store, (error: { code?: string; message: string }) => {
      assert.match(error.message, /ghcr\.io.*fallback: none/);
      return error.code === "FALLBACK_NONE" && !error.message.includes("hush");
    });
  });
});
