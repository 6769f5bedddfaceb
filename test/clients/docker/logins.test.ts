import assert from "node:assert/strict";
import { withLogins, withoutLogins } from "../../../src/clients/docker/edit-logins.ts";
import { authKeysIn, loginsIn, serverOf } from "../../../src/clients/docker/logins.ts";

const hub = "https://index.docker.io/v1/";
const ecr = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const auth = (text: string) => Buffer.from(text).toString("base64");
const only = (key: string, entry: unknown) => loginsIn(JSON.stringify({ auths: { [key]: entry } }))[0];
const login = (key: string, server: string, username: string, secret: string) => ({
  kind: "login",
  key,
  server,
  login: { username, secret },
});

describe("the logins in Docker's config.json", () => {
  it("are read as Docker reads them", () => {
    assert.deepEqual(only("ghcr.io", { auth: auth("me:a:b") }), login("ghcr.io", "ghcr.io", "me", "a:b"));
    assert.deepEqual(only(hub, { username: "me", password: "x" }), login(hub, hub, "me", "x"));
    assert.deepEqual(only("ghcr.io", { auth: auth("me:x\0\0") }), login("ghcr.io", "ghcr.io", "me", "x"));
  });

  it("have the server name that Docker sends to a helper", () => {
    assert.equal(serverOf("https://registry.example.com:5000/v2/"), "registry.example.com:5000");
    assert.equal(serverOf("quay.io/team"), "quay.io");
    assert.equal(serverOf(hub), hub);
  });

  it("that are identity tokens have the form that Docker's helpers store", () => {
    const found = only("a.example", { auth: auth("me:"), identitytoken: "tok" });
    assert.deepEqual(found, login("a.example", "a.example", "<token>", "tok"));
    const written = withLogins("{}", new Map([["a", { username: "<token>", secret: "tok" }]]));
    assert.deepEqual(JSON.parse(written).auths, { a: { identitytoken: "tok" } });
  });

  it("that no helper can store are skipped, with the reason", () => {
    const kind = (key: string, entry: unknown) => {
      const found = only(key, entry);
      return found?.kind === "left" ? found.isLogin : found?.kind;
    };
    assert.equal(kind("a.example", { registrytoken: "t", auth: auth("me:x") }), true);
    // user:p\xe4ss, as a Latin-1 terminal encodes it: decoded as UTF-8 it would be another password.
    assert.equal(kind("a.example", { auth: Buffer.from("user:p\xe4ss", "latin1").toString("base64") }), true);
    for (const entry of [{ auth: "%%%" }, { auth: auth("nocolon") }, { auth: "eDp" }])
      assert.equal(kind("a.example", entry), false, JSON.stringify(entry));
    for (const entry of [{ auth: auth("me:") }, { auth: auth(":x") }, { username: "me" }])
      assert.equal(kind("a.example", entry), false, JSON.stringify(entry));
    assert.equal(kind("a b\n", { auth: auth("me:x") }), false);
  });

  it("to ECR hosts are distinguished, with the expiry of their token", () => {
    const password = auth(JSON.stringify({ expiration: 1_700_000_000 }));
    const token = (secret: string) => ({ username: "AWS", secret });
    const expected = { kind: "ecr", host: ecr, login: token(password), expiresAt: 1_700_000_000_000 };
    for (const key of [ecr, `https://${ecr}`])
      assert.deepEqual(only(key, { auth: auth(`AWS:${password}`) }), { ...expected, key });
    assert.deepEqual(only(ecr, { auth: auth("AWS:made-up") }), {
      kind: "ecr",
      key: ecr,
      host: ecr,
      login: token("made-up"),
    });
    const [aliased] = loginsIn(
      JSON.stringify({ auths: { "images.example.com": { auth: auth("AWS:x") } } }),
      (host) => host === "images.example.com",
    );
    assert.equal(aliased?.kind, "ecr");
  });

  it("are marked unused if Docker uses the entry with the exact name", () => {
    const auths = {
      "https://a.example/v1/": { auth: auth("me:x") },
      "a.example": {},
      "http://b.example": { auth: auth("me:x") },
    };
    const found = loginsIn(JSON.stringify({ auths }));
    assert.deepEqual(
      found.map(({ key, isUnused }) => [key, isUnused]),
      [
        ["https://a.example/v1/", true],
        ["http://b.example", undefined],
      ],
    );
  });

  it("are empty for an empty entry of Docker, or an unreadable text", () => {
    for (const entry of [{}, { auth: "" }, { email: "x" }, null, "x", [], { auth: 7 }])
      assert.equal(only("a.example", entry), undefined);
    for (const text of ["", "{", "[]", '{"auths":[]}', '{"auths":null}'])
      assert.deepEqual(loginsIn(text), []);
  });
});

describe("removing logins from auths", () => {
  it("removes all entries of the key, also those that Docker does not read", () => {
    const text =
      '{"AUTHS":{"a":{"auth":"one","email":"e"},"a":{"Auth":"two"}},"auths":null,"auths":{"a":{"auth":"three"},"b":{"auth":"four"}}}';
    const after = withoutLogins(text, new Set(["a"]));
    assert.equal(
      after,
      '{"AUTHS":{"a":{"email":"e"},"a":{}},"auths":null,"auths":{"a":{},"b":{"auth":"four"}}}',
    );
  });
});

describe("adding logins to auths", () => {
  const me = { username: "me", secret: "x" };
  const put = (text: string, ...keys: readonly string[]) =>
    withLogins(text, new Map(keys.map((key) => [key, me])));

  it("changes the login of an entry and no other byte", () => {
    const text = `{\n\t"auths": {\n\t\t"a.example": {\n\t\t\t"auth": "x",\n\t\t\t"n": 1e400\n\t\t},\n\t\t"b":  {"z":-0 ,"Auth":"y","password":"z"}\n\t}\n}`;
    const after = put(text, "a.example", "b");
    const expected = text.replace('"x"', '"bWU6eA=="').replace('"y","password":"z"', '"bWU6eA=="');
    assert.equal(after, expected);
    const emptied = withoutLogins(after, new Set(["a.example"]));
    assert.equal(emptied, after.replace('"auth": "bWU6eA==",\n\t\t\t', ""));
  });

  it("adds one to an entry that has only other fields", () => {
    assert.equal(put('{"auths":{"a":{"n":1.0}}}', "a"), '{"auths":{"a":{"n":1.0, "auth": "bWU6eA=="}}}');
    assert.equal(
      put('{"auths":{"a":{"identitytoken":"t","n":1.0}}}', "a"),
      '{"auths":{"a":{"auth": "bWU6eA==","n":1.0}}}',
    );
  });

  it("creates auths if it is missing", () => {
    for (const text of ["{}", "{}\n", "", '{"auths":null}', '{"auths":{}}', '{\n  "psFormat": "x"\n}\n']) {
      assert.deepEqual(JSON.parse(put(text, "a")).auths, { a: { auth: "bWU6eA==" } }, text);
    }
    assert.equal(put("{}"), "{}");
    assert.deepEqual(authKeysIn(put("{}", "b", "a")), ["b", "a"]);
  });
});
