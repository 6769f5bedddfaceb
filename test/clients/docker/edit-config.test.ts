import assert from "node:assert/strict";
import fc from "fast-check";
import {
  configure,
  type HelperConfig,
  mergeReplaced,
  placesOfHelper,
  type Replaced,
  unconfigure,
} from "../../../src/clients/docker/edit-config.ts";
import type { Failure } from "../../../src/token/failure.ts";

const host = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const hosts: HelperConfig = { kind: "hosts", hosts: [host] };
const all: HelperConfig = { kind: "all" };

describe("configuring Docker's config.json", () => {
  it("adds registries to credHelpers, and keeps all other keys and the layout", () => {
    const before =
      '{\n  "auths": {"a.example": {"auth": "eA=="}},\n  "credsStore": "desktop",\n  "HttpHeaders": { }\n}\n';
    const { text, replaced } = configure(before, hosts, false);
    assert.equal(text.startsWith(before.slice(0, before.lastIndexOf("\n}"))), true);
    assert.deepEqual(JSON.parse(text), { ...JSON.parse(before), credHelpers: { [host]: "ecr" } });
    assert.deepEqual(replaced, { credHelpers: { [host]: null } });
  });

  it("sets credsStore for all", () => {
    const { text, replaced } = configure("{}\n", all, false);
    assert.deepEqual(JSON.parse(text), { credsStore: "ecr" });
    assert.deepEqual(replaced, { credsStore: null });
  });

  it("changes nothing the second time", () => {
    for (const wiring of [hosts, all]) {
      const { text } = configure("{}\n", wiring, false);
      assert.deepEqual(configure(text, wiring, false), { text, replaced: {}, back: [] });
    }
  });

  it("never replaces another helper silently", () => {
    const taken = `{"credsStore":"pass","credHelpers":{"${host}":"ecr-login"}}`;
    for (const wiring of [hosts, all]) {
      assert.throws(() => configure(taken, wiring, false), { code: "DOCKER_CONFIG_TAKEN" });
    }
    assert.deepEqual(configure(taken, all, true).replaced, { credsStore: "pass" });
    assert.deepEqual(configure(taken, hosts, true).replaced, { credHelpers: { [host]: "ecr-login" } });
  });

  for (const [key, value] of Object.entries({ auth: "eDp5", identitytoken: "t", registrytoken: "t" })) {
    it(`does not silently hide a login by ${key} behind credsStore`, () => {
      const before = JSON.stringify({
        auths: { "a.example": { [key]: value }, "b.example": {}, "c.example": { auth: "eDp5" } },
        credHelpers: { "c.example": "pass" },
      });
      assert.throws(
        () => configure(before, all, false),
        ({ code, message }: Failure) =>
          code === "DOCKER_CONFIG_TAKEN" && message.includes("a.example") && !/[bc]\.example/.test(message),
      );
      const { text } = configure(before, all, true);
      assert.deepEqual(JSON.parse(text), { ...JSON.parse(before), credsStore: "ecr" });
      assert.deepEqual(configure(text, all, false), { text, replaced: {}, back: [] });
      configure(before, hosts, false);
    });
  }

  it("treats null as absent, as Docker does", () => {
    const before = '{\n  "auths": null,\n  "credHelpers": null,\n  "credsStore": null\n}\n';
    const { text, replaced } = configure(before, hosts, false);
    assert.deepEqual(JSON.parse(text), { auths: null, credHelpers: { [host]: "ecr" }, credsStore: null });
    assert.deepEqual(JSON.parse(unconfigure(text, replaced)), { auths: null, credsStore: null });
    assert.equal(JSON.parse(configure(before, all, false).text).credsStore, "ecr");
  });

  it("treats an empty file as {}, as Docker does", () => {
    for (const blank of ["", " \n"]) {
      assert.deepEqual(JSON.parse(configure(blank, all, false).text), { credsStore: "ecr" });
      assert.deepEqual(JSON.parse(configure(blank, hosts, false).text), { credHelpers: { [host]: "ecr" } });
      assert.equal(unconfigure(blank, {}), blank);
    }
  });

  const broken: readonly (readonly [string, string, RegExp])[] = [
    ["a comma too many", '{\n  "auths": {},\n}', /line 3, column 1/],
    ["a comment", '{ // mine\n "auths": {} }', /line 1, column 3/],
    ["a list", "[]", /not an object/],
    ["a number for credsStore", '{"credsStore":1}', /credsStore/],
    ["a list for credHelpers", '{"credHelpers":[]}', /credHelpers/],
    ["a number in credHelpers", '{"credHelpers":{"a":1}}', /credHelpers/],
  ];
  for (const [name, text, why] of broken) {
    it(`refuses a file with ${name}`, () => {
      assert.throws(
        () => configure(text, hosts, true),
        (error: Failure) => error.code === "DOCKER_CONFIG_SYNTAX" && why.test(error.message),
      );
    });
  }
});

describe("unconfiguring Docker's config.json", () => {
  it("restores replaced values", () => {
    const before = `{"credsStore":"pass","credHelpers":{"${host}":"ecr-login","b.example":"x"}}`;
    const one = configure(before, all, true);
    const two = configure(one.text, hosts, true);
    assert.equal(unconfigure(two.text, mergeReplaced(one.replaced, two.replaced)), before);
  });

  it("restores the user's latest values", () => {
    const one = configure(`{"credsStore":"desktop","credHelpers":{"${host}":"desktop"}}`, all, true);
    const two = configure(one.text, hosts, true);
    const byHand = two.text.replaceAll('"ecr"', '"pass"');
    let { text, replaced } = { text: byHand, replaced: mergeReplaced(one.replaced, two.replaced) };
    for (const wiring of [all, hosts, all, hosts]) {
      const again = configure(text, wiring, true);
      text = again.text;
      replaced = mergeReplaced(replaced, again.replaced);
    }
    assert.equal(unconfigure(text, replaced), byHand);
  });

  it("removes only entries that the record names", () => {
    const wired = configure(configure("{}", all, false).text, hosts, false);
    assert.equal(unconfigure(wired.text, {}), wired.text);
    assert.deepEqual(JSON.parse(unconfigure(wired.text, wired.replaced)), { credsStore: "ecr" });
    const store = { credsStore: null };
    assert.deepEqual(JSON.parse(unconfigure(wired.text, store)), { credHelpers: { [host]: "ecr" } });
    assert.deepEqual(placesOfHelper(wired.text), ["credsStore", `credHelpers for ${host}`]);
  });

  it("does not touch an entry that was changed to another helper since", () => {
    const { replaced } = configure('{"credsStore":"pass"}', all, true);
    assert.equal(unconfigure('{"credsStore":"desktop"}', replaced), '{"credsStore":"desktop"}');
  });

  it("restores any config byte for byte, except white space", () => {
    const config = fc.record(
      {
        auths: fc.dictionary(fc.domain(), fc.constant({})),
        credsStore: fc.constantFrom("pass", "desktop"),
        credHelpers: fc.dictionary(fc.constantFrom(host, "b.example"), fc.constantFrom("x", "y"), {
          minKeys: 1,
        }),
        proxies: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const layout = fc.constantFrom(undefined, 2, 4, "\t");
    fc.assert(
      fc.property(config, layout, fc.subarray([hosts, all], { minLength: 1 }), (value, indent, wirings) => {
        const before = JSON.stringify(value, null, indent);
        let text = before;
        let replaced: Replaced = {};
        for (const wiring of wirings) {
          const edited = configure(text, wiring, true);
          text = edited.text;
          replaced = mergeReplaced(replaced, edited.replaced);
        }
        const after = unconfigure(text, replaced);
        assert.equal(after.replace(/\s/g, ""), before.replace(/\s/g, ""));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
