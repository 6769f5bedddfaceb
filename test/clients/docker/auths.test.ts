import assert from "node:assert/strict";
import fc from "fast-check";
import { isEmptyObject, type OwnParts, withAuths } from "../../../src/clients/docker/auths.ts";
import { encodeAuth, type Login } from "../../../src/clients/docker/login.ts";
import type { Failure } from "../../../src/token/failure.ts";

const host = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const other = "444455556666.dkr.ecr.us-east-1.amazonaws.com";
const path = "/srv/config.json";
const token = (secret: string): Login => ({ username: "AWS", secret });
const none: OwnParts = { hosts: [], auths: false };
const put = (text: string, wanted: Record<string, Login>, ours = none) =>
  withAuths(text, path, new Map(Object.entries(wanted)), ours);
const auth = (username: string, secret: string) => ({ auth: encodeAuth({ username, secret }) });

describe("tokens in the auths of Docker's config.json", () => {
  it("create auths if it is missing, and remove it with the last token", () => {
    const { text, ours } = put("{}\n", { [host]: token("one") });
    assert.equal(text, `{\n\t"auths": {\n\t\t"${host}": {\n\t\t\t"auth": "QVdTOm9uZQ=="\n\t\t}\n\t}\n}\n`);
    assert.deepEqual(ours, { hosts: [host], auths: true });
    assert.deepEqual(put(text, {}, ours), { text: "{}\n", ours: none, taken: [] });
  });

  it("change only the value of their own entry", () => {
    const before = `{ "a":1,\r\n  "auths": {"b.example": {"auth":"eA=="} , "${host}":{"auth" :  "QVdTOm9sZA==","email":"x"}}\r\n,"z" : [ ]}`;
    const { text, ours, taken } = put(before, { [host]: token("new") });
    assert.equal(text, before.replace("QVdTOm9sZA==", encodeAuth(token("new"))));
    assert.deepEqual({ ours, taken }, { ours: { hosts: [host], auths: false }, taken: [] });
  });

  it("change nothing the second time", () => {
    const wanted = { [host]: token("one"), [other]: token("two") };
    const first = put('{"auths":{}}', wanted);
    assert.deepEqual(put(first.text, wanted, first.ours), first);
  });

  it("are written on one line if the file has one line", () => {
    const { text } = put(`{"auths": {"b.example": {}}, "z": 1}`, { [host]: token("one") });
    assert.equal(text, `{"auths": {"b.example": {}, "${host}": {"auth":"QVdTOm9uZQ=="}}, "z": 1}`);
  });

  for (const [name, entry] of Object.entries({
    "an empty entry, which Docker leaves for a helper's login": {},
    null: null,
    "an ECR token of somebody else's": auth("AWS", "older"),
    "an ECR token with its parts spelled out": { username: "AWS", password: "older" },
  })) {
    it(`replace ${name}`, () => {
      for (const layout of [undefined, 2]) {
        const { text, ours, taken } = put(JSON.stringify({ auths: { [host]: entry } }, null, layout), {
          [host]: token("new"),
        });
        assert.deepEqual(JSON.parse(text), { auths: { [host]: auth("AWS", "new") } });
        assert.deepEqual({ ours, taken }, { ours: { hosts: [host], auths: false }, taken: [] });
      }
    });
  }

  for (const [name, entry] of Object.entries({
    "another user's": auth("bob", "password"),
    "an identity token": { auth: encodeAuth(token("x")), identitytoken: "t" },
    "a registry token": { registrytoken: "t" },
    "a password without auth": { username: "bob", password: "x" },
    "an auth that is no text": { auth: 1 },
    "no object": "x",
  })) {
    it(`neither replace nor remove a login that is ${name}, and report it`, () => {
      const before = JSON.stringify({ auths: { [host]: entry } });
      const ours = { hosts: [host], auths: true };
      const { text, ...rest } = put(before, { [host]: token("new"), [other]: token("two") }, ours);
      assert.deepEqual(JSON.parse(text), { auths: { [host]: entry, [other]: auth("AWS", "two") } });
      assert.deepEqual(rest, { ours: { hosts: [other], auths: true }, taken: [host] });
      assert.deepEqual(put(before, {}, ours).text, before);
    });
  }

  it("are removed if they are no longer wanted, and only if this program wrote them", () => {
    const entries = { a: {}, [host]: auth("AWS", "one"), b: auth("bob", "x"), [other]: auth("AWS", "two") };
    const before = JSON.stringify({ auths: entries, z: 1 }, null, "\t");
    const { [other]: _, ...left } = entries;
    const out = put(before, {}, { hosts: [other, "gone.example"], auths: false });
    assert.equal(out.text, JSON.stringify({ auths: left, z: 1 }, null, "\t"));
    assert.deepEqual(out.ours, none);
  });

  it("keep what other programs have added to their entry, byte for byte", () => {
    const before = `{"auths":{"${host}":{"a": 9007199254740993,"username":"AWS","b":[1e400, -0 ],"password":"old"}}}`;
    const { text, ours } = put(before, { [host]: token("new") });
    assert.equal(
      text,
      before
        .replace('"username":"AWS"', "")
        .replace('"password":"old"', `"auth": "${encodeAuth(token("new"))}"`)
        .replace(",,", ","),
    );
    assert.equal(put(text, {}, ours).text, `{"auths":{"${host}":{"a": 9007199254740993,"b":[1e400, -0 ]}}}`);
  });

  it("keep an auths that existed before or has other entries", () => {
    const ours = { hosts: [host], auths: true };
    const two = JSON.stringify({ auths: { [host]: auth("AWS", "x"), a: {} } });
    assert.deepEqual(put(two, {}, ours), {
      text: '{"auths":{"a": {}}}'.replace(": {}", ":{}"),
      ours: { hosts: [], auths: true },
      taken: [],
    });
    assert.equal(
      put(JSON.stringify({ auths: { [host]: auth("AWS", "x") } }), {}, { ...ours, auths: false }).text,
      '{"auths":{}}',
    );
  });

  it("fill an empty file and an auths of null", () => {
    for (const text of ["", " \n", '{"auths":null}']) {
      const edited = put(text, { [host]: token("one") });
      assert.deepEqual(JSON.parse(edited.text), { auths: { [host]: auth("AWS", "one") } });
      assert.equal(put(text, {}).text, text);
    }
  });

  for (const [text, why] of [
    ['{"auths": {},}', /config\.json is not JSON: .* line 1, column 14/],
    ["{} // mine", /not JSON/],
    ["[]", /not an object/],
    ['{"auths":[]}', /auths that is not an object/],
  ] as const) {
    it(`are not written to ${text}`, () => {
      assert.throws(
        () => put(text, { [host]: token("one") }),
        ({ code, message }: Failure) => code === "OUTPUT_SYNTAX" && why.test(message),
      );
    });
  }

  it("can be added to any config and removed again, except for white space", () => {
    const entry = fc.constantFrom({}, auth("bob", "x"), { identitytoken: "t" });
    const config = fc.record(
      {
        auths: fc.dictionary(fc.domain(), entry, { noNullPrototype: true }),
        credHelpers: fc.dictionary(fc.domain(), fc.constant("x"), { noNullPrototype: true }),
        'weird "key\\': fc.jsonValue().map((any) => JSON.parse(JSON.stringify(any))),
      },
      { requiredKeys: [], noNullPrototype: true },
    );
    const layout = fc.constantFrom(undefined, 2, 4, "\t");
    const hosts = fc.uniqueArray(fc.constantFrom(host, other, "images.example.com"), { minLength: 1 });
    fc.assert(
      fc.property(config, layout, hosts, fc.nat(3), (value, indent, names, some) => {
        const before = JSON.stringify(value, null, indent);
        const wanted = Object.fromEntries(names.map((name) => [name, token(name)]));
        const first = put(before, wanted);
        const entries = Object.fromEntries(names.map((name) => [name, auth("AWS", name)]));
        assert.deepEqual(JSON.parse(first.text), { ...value, auths: { ...value.auths, ...entries } });
        assert.deepEqual(put(first.text, wanted, first.ours), first);
        const fewer = Object.fromEntries(Object.entries(wanted).slice(some));
        const second = put(first.text, fewer, first.ours);
        const last = put(second.text, {}, second.ours);
        assert.equal(last.text.replace(/\s/g, ""), before.replace(/\s/g, ""));
        assert.deepEqual(last.ours.hosts, []);
      }),
      { seed: 1, numRuns: 400 },
    );
  });

  it("are edited in little time, even 2,000 of them", () => {
    const wanted = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, at) => [
        `${100_000_000_000 + at}.dkr.ecr.us-east-1.amazonaws.com`,
        token("x".repeat(2_000)),
      ]),
    );
    const before = performance.now();
    const first = put("{}", wanted);
    const again = put(
      first.text,
      Object.fromEntries(Object.keys(wanted).map((name) => [name, token("y".repeat(2_000))])),
      first.ours,
    );
    assert.deepEqual(put(again.text, {}, again.ours).text, "{}");
    assert.ok(performance.now() - before < 8_000);
  });

  it("let the caller see that nothing remains", () => {
    assert.equal(isEmptyObject("{ \n}\n"), true);
    assert.equal(isEmptyObject('{"a":1}'), false);
  });
});
