import assert from "node:assert/strict";
import fc from "fast-check";
import {
  parseAuthorizationEntry,
  parseFailureEntry,
  parseLoginEntry,
  parseRegistryEntry,
} from "../../src/token/entry.ts";
import {
  authorizationEntry,
  failureEntry,
  loginEntry,
  logoutEntry,
  registryEntry,
} from "../support/fakes/entries.ts";

const dependencies = {
  environment: { names: ["HOME", "AWS_PROFILE"], fingerprint: "f".repeat(64) },
  files: [{ path: "/home/somebody/.aws/config", stamp: "absent" }],
};

const KINDS: [kind: string, entry: object, parse: (text: string) => object | undefined][] = [
  ["a registry's entry", registryEntry({ dependencies }), parseRegistryEntry],
  ["an authorization", authorizationEntry({ sessionEndsAt: 1_700_000_000_000 }), parseAuthorizationEntry],
  ["a login", loginEntry(), parseLoginEntry],
  ["a logout", logoutEntry(), parseLoginEntry],
  ["a failure", failureEntry(), parseFailureEntry],
];

/** What an editor, a half-written disk or a joker may leave in the place of an entry. */
const RUBBISH = [
  "",
  " ",
  "\0",
  "null",
  "true",
  "1",
  '"text"',
  "[]",
  "{}",
  "[1,2]",
  "{",
  "}{",
  "not JSON",
  "\u{feff}{}",
  "[".repeat(200_000),
  `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`,
  "x".repeat(2 ** 20),
  JSON.stringify({ format: 1, junk: "x".repeat(2 ** 20) }),
];

/** Values of every type, for a field that wants a string or a number. */
const anyOther = (want: unknown) =>
  [null, true, 7, "7", [], ["a"], {}].filter((value) => typeof value !== typeof want);

/** The same entry with what lies at `path` replaced, or taken out where nothing is given. */
function altered(entry: object, path: readonly string[], ...value: unknown[]): string {
  const copy = structuredClone(entry) as Record<string, unknown>;
  const last = path.at(-1) ?? "";
  const parent = path.slice(0, -1).reduce((node, name) => node[name] as Record<string, unknown>, copy);
  if (value.length === 0) delete parent[last];
  else parent[last] = value[0];
  return JSON.stringify(copy);
}

for (const [kind, entry, parse] of KINDS) {
  const text = JSON.stringify(entry);

  describe(`the file of ${kind}`, () => {
    it("is read as it was written", () => assert.deepEqual(parse(text), entry));

    it("is read with spaces around it and with what a later version of this format adds", () => {
      assert.deepEqual(parse(` ${text}\n`), entry);
      assert.deepEqual(parse(altered(entry, ["later"], { a: 1 })), { ...entry, later: { a: 1 } });
    });

    it("counts as absent wherever it is cut off", () => {
      for (let end = 0; end < text.length; end++) assert.equal(parse(text.slice(0, end)), undefined);
    });

    it("counts as absent with a beginning that is missing or text after its end", () => {
      for (let begin = 1; begin < text.length; begin++) assert.equal(parse(text.slice(begin)), undefined);
      assert.equal(parse(`${text}x`), undefined);
      assert.equal(parse(text + text), undefined);
      assert.equal(parse(`[${text}]`), undefined);
    });

    it("counts as absent in a format that is newer, older or none", () => {
      for (const format of [2, 0, 1.5, -1, "1", null, [1], true]) {
        assert.equal(parse(altered(entry, ["format"], format)), undefined, String(format));
      }
      assert.equal(parse(altered(entry, ["format"])), undefined);
    });

    for (const [name, value] of Object.entries(entry)) {
      if (name === "format" || name === "sessionEndsAt") continue;
      it(`counts as absent where "${name}" is missing or of another type`, () => {
        assert.equal(parse(altered(entry, [name])), undefined, "missing");
        for (const other of anyOther(value)) {
          assert.equal(parse(altered(entry, [name], other)), undefined, JSON.stringify(other));
        }
      });
    }

    it("counts as absent where it is rubbish", () => {
      for (const rubbish of RUBBISH) assert.equal(parse(rubbish), undefined, rubbish.slice(0, 20));
    });

    it("never throws, and gives nothing but what names the format", () => {
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.json()), (rubbish) => assert.equal(parse(rubbish), undefined)),
      );
    });
  });
}

const PARTS: [path: string, values: unknown[]][] = [
  ["life.issuedAt", ["1", null, undefined]],
  ["life.freshUntil", ["1", null, undefined]],
  ["life.expiresAt", ["1", null, undefined, true, []]],
  ["life.boot", [null, "boot", 1, {}]],
  ["life.boot.id", [null, 1, undefined]],
  ["life.boot.uptime", [null, "1", undefined]],
  ["dependencies.environment", [null, [], {}, "x", undefined]],
  ["dependencies.environment.fingerprint", [null, 1, undefined]],
  ["dependencies.environment.names", [null, "HOME", {}, [1], ["HOME", null], undefined]],
  [
    "dependencies.files",
    [null, {}, "x", [null], ["x"], [{}], [{ path: "/x" }], [{ path: 1, stamp: "" }], undefined],
  ],
];

describe("a registry's entry", () => {
  const entry = registryEntry({ dependencies });

  for (const [path, values] of PARTS) {
    it(`counts as absent where ${path} is wrong`, () => {
      for (const value of values) {
        assert.equal(
          parseRegistryEntry(altered(entry, path.split("."), value)),
          undefined,
          JSON.stringify(value),
        );
      }
    });
  }

  it("counts as absent where a time is no finite number: 1e999 would never expire", () => {
    const text = JSON.stringify(entry).replace(/"expiresAt":\d+/, '"expiresAt":1e999');
    assert.ok(text.includes("1e999"));
    assert.equal(parseRegistryEntry(text), undefined);
  });

  it("may lack the boot, which not every system tells", () => {
    const { boot, ...life } = entry.life;
    assert.ok(boot);
    assert.deepEqual(parseRegistryEntry(JSON.stringify({ ...entry, life })), { ...entry, life });
  });
});
