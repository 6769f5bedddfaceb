import assert from "node:assert/strict";
import fc from "fast-check";
import {
  entriesIn,
  loginsIn,
  serverOf,
  withEntries,
  withLogin,
  withoutLogin,
  withoutLogins,
} from "../../../src/clients/docker/logins.ts";

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

  it("go by the name under which Docker asks a helper", () => {
    assert.equal(serverOf("https://registry.example.com:5000/v2/"), "registry.example.com:5000");
    assert.equal(serverOf("quay.io/team"), "quay.io");
    assert.equal(serverOf(hub), hub);
  });

  it("that are identity tokens come as Docker's helpers keep them", () => {
    const found = only("a.example", { auth: auth("me:"), identitytoken: "tok" });
    assert.deepEqual(found, login("a.example", "a.example", "<token>", "tok"));
    assert.deepEqual(withLogin({}, { username: "<token>", secret: "tok" }), { identitytoken: "tok" });
  });

  it("that no helper can keep are left, with the reason", () => {
    const kind = (key: string, entry: unknown) => {
      const found = only(key, entry);
      return found?.kind === "left" ? found.isLogin : found?.kind;
    };
    assert.equal(kind("a.example", { registrytoken: "t", auth: auth("me:x") }), true);
    // user:p\xe4ss, as a terminal in Latin-1 leaves it: as JSON it would be another password.
    assert.equal(kind("a.example", { auth: Buffer.from("user:p\xe4ss", "latin1").toString("base64") }), true);
    for (const entry of [{ auth: "%%%" }, { auth: auth("nocolon") }, { auth: "eDp" }])
      assert.equal(kind("a.example", entry), false, JSON.stringify(entry));
    for (const entry of [{ auth: auth("me:") }, { auth: auth(":x") }, { username: "me" }])
      assert.equal(kind("a.example", entry), false, JSON.stringify(entry));
    assert.equal(kind("a b\n", { auth: auth("me:x") }), false);
  });

  it("of ECR's hosts are told apart, with the end of their token", () => {
    const password = auth(JSON.stringify({ expiration: 1_700_000_000 }));
    const expected = { kind: "ecr", host: ecr, expiresAt: 1_700_000_000_000 };
    for (const key of [ecr, `https://${ecr}`])
      assert.deepEqual(only(key, { auth: auth(`AWS:${password}`) }), { ...expected, key });
    assert.deepEqual(only(ecr, { auth: auth("AWS:made-up") }), { kind: "ecr", key: ecr, host: ecr });
    const [aliased] = loginsIn(
      JSON.stringify({ auths: { "images.example.com": { auth: auth("AWS:x") } } }),
      (host) => host === "images.example.com",
    );
    assert.equal(aliased?.kind, "ecr");
  });

  it("are none where Docker has left an empty entry, or there is nothing to read", () => {
    for (const entry of [{}, { auth: "" }, { email: "x" }, null, "x", [], { auth: 7 }])
      assert.equal(only("a.example", entry), undefined);
    for (const text of ["", "{", "[]", '{"auths":[]}', '{"auths":null}'])
      assert.deepEqual(loginsIn(text), []);
  });
});

describe("taking logins out of auths", () => {
  it("leaves none of the name behind, also where Docker reads another one of it", () => {
    const text =
      '{"AUTHS":{"a":{"auth":"one","email":"e"},"a":{"Auth":"two"}},"auths":null,"auths":{"a":{"auth":"three"},"b":{"auth":"four"}}}';
    const after = withoutLogins(text, new Set(["a"]));
    assert.equal(
      after,
      '{"AUTHS":{"a":{"email":"e"},"a":{}},"auths":null,"auths":{"a":{},"b":{"auth":"four"}}}',
    );
  });
});

describe("putting entries into auths", () => {
  it("empties one and leaves every other byte", () => {
    const text = `{\n\t"auths": {\n\t\t"a.example": {\n\t\t\t"auth": "x"\n\t\t},\n\t\t"b":  {"auth":"y"}\n\t}\n}`;
    const after = withEntries(text, { "a.example": {} });
    assert.equal(after, text.replace('{\n\t\t\t"auth": "x"\n\t\t}', "{}"));
    assert.equal(withEntries(after, { "a.example": { auth: "x" } }), text);
  });

  it("makes auths where there are none", () => {
    for (const text of ["{}", "{}\n", "", '{"auths":null}', '{"auths":{}}', '{\n  "psFormat": "x"\n}\n']) {
      const after = JSON.parse(withEntries(text, { a: { auth: "x" } }));
      assert.deepEqual(after.auths, { a: { auth: "x" } }, text);
    }
    assert.equal(withEntries("{}", {}), "{}");
  });

  it("is the inverse of taking them out, whatever else is in the file", () => {
    const entry = fc.record(
      { auth: fc.constantFrom("eDp5", "YTpi"), email: fc.constant("e") },
      { requiredKeys: ["auth"] },
    );
    const layout = fc.constantFrom(undefined, 2, "\t");
    fc.assert(
      fc.property(
        fc.dictionary(fc.domain(), entry, { minKeys: 1 }),
        fc.jsonValue(),
        layout,
        (auths, x, indent) => {
          const text = JSON.stringify({ auths, x }, null, indent);
          const emptied = Object.fromEntries(
            Object.entries(auths).map(([key, each]) => [key, withoutLogin(each)]),
          );
          const without = withEntries(text, emptied);
          assert.deepEqual(loginsIn(without), []);
          assert.deepEqual(JSON.parse(without).x, JSON.parse(text).x);
          const again = entriesIn(withEntries(without, auths));
          assert.equal(JSON.stringify(again), JSON.stringify(auths));
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });
});
