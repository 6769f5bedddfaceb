import assert from "node:assert/strict";
import fc from "fast-check";
import { withChecksum, withoutChecksum } from "../../src/token/checksum.ts";
import { formatEntry, type StoredEntry } from "../../src/token/entry-text.ts";
import {
  parseAuthorizationEntry,
  parseFailureEntry,
  parseLoginEntry,
  parseRegistryEntry,
} from "../../src/token/parse-entry.ts";
import {
  authorizationEntry,
  failureEntry,
  loginEntry,
  logoutEntry,
  registryEntry,
} from "../support/fakes/entries.ts";

const dependencies = {
  environment: { names: ["HOME", "AWS_PROFILE"], fingerprint: "f".repeat(64) },
  files: [
    { path: "/home/somebody/.aws/config", stamp: "absent" },
    { path: "/home/ü \n%20/credentials", stamp: "1-2-3-4" },
  ],
  boot: "0e5ec3b2-5ec0-4cf4-9f55-9a1ccb6b0f6e",
};
const life = { issuedAt: 1_700_000_000_000, freshUntil: 1_700_000_000_001, expiresAt: 1_700_000_000_002 };
const { secret: _, ...sealed } = { ...registryEntry({ dependencies }), sealed: "bWFkZS11cA==" };

type Parse = (text: string) => object | undefined;
const KINDS: [kind: string, entry: StoredEntry, parse: Parse][] = [
  ["a registry's token", registryEntry({ dependencies }), parseRegistryEntry],
  ["a token without boot and conditions", registryEntry({ life }), parseRegistryEntry],
  ["an encrypted token", sealed, parseRegistryEntry],
  ["an authorization", authorizationEntry({ sessionEndsAt: 1_700_000_000_000 }), parseAuthorizationEntry],
  ["a login", loginEntry({ life: { ...life, expiresAtAws: 1_700_000_000_001 } }), parseLoginEntry],
  ["a logout", logoutEntry(), parseLoginEntry],
];

/** Files that an editor, an incomplete write or an attacker may leave at the path of an entry. */
const RUBBISH = [
  "",
  " ",
  "\0",
  "{}",
  "docker-credential-ecr",
  "docker-credential-ecr 2 token\n",
  "docker-credential-ecr 2 login\n",
  "docker-credential-ecr 2 logout\n",
  "x".repeat(2 ** 20),
  "\n".repeat(2 ** 18),
];

for (const [kind, entry, parse] of KINDS) {
  const text = formatEntry(entry);
  const lines = (withoutChecksum(text) ?? "").split("\n").slice(0, -1);
  const rewritten = (changed: readonly string[]) => withChecksum(changed.map((line) => `${line}\n`).join(""));

  describe(`the file of ${kind}`, () => {
    it("is read as it was written", () => assert.deepEqual(parse(text), entry));

    it("is ASCII, so that no encoding changes it", () => assert.match(text, /^[\n -~]+$/));

    it("counts as absent if any byte is damaged", () => {
      for (let at = 0; at < text.length; at++) {
        for (const mask of [1, 2, 4, 8, 16, 32, 64, 0x7f]) {
          const damaged = String.fromCharCode(text.charCodeAt(at) ^ mask);
          assert.equal(parse(text.slice(0, at) + damaged + text.slice(at + 1)), undefined, `${at} ${mask}`);
        }
      }
    });

    it("counts as absent if it is truncated anywhere", () => {
      for (let end = 0; end < text.length; end++) assert.equal(parse(text.slice(0, end)), undefined);
    });

    it("counts as absent without its beginning, or with text before or after it", () => {
      for (let begin = 1; begin < text.length; begin++) assert.equal(parse(text.slice(begin)), undefined);
      for (const other of [`${text}x`, `${text}\n`, text + text, `\u{feff}${text}`, ` ${text}`]) {
        assert.equal(parse(other), undefined);
      }
    });

    it("counts as absent in a newer, older or invalid format", () => {
      for (const format of ["3", "1", "02", "2.0", "-2", ""]) {
        assert.equal(parse(withChecksum(lines.join("\n").replace(" 2 ", ` ${format} `))), undefined, format);
      }
    });

    it("counts as absent with a duplicate or unknown line, which may be a condition of a later version", () => {
      for (let at = 1; at < lines.length; at++) {
        const [before, after] = [lines.slice(0, at), lines.slice(at)];
        const [next = ""] = after;
        if (!next.startsWith("file ")) {
          assert.equal(parse(rewritten([...before, next, ...after])), undefined, next);
        }
        assert.equal(parse(rewritten([...before, "later x", ...after])), undefined, next);
      }
      assert.equal(parse(rewritten([...lines, "later x"])), undefined);
    });

    it("counts as absent without a required line", () => {
      for (const [at, line] of lines.entries()) {
        const optional = /^(boot|machine|file|expires-by-aws|session-ends) /.test(line);
        const parsed = parse(rewritten(lines.toSpliced(at, 1)));
        assert.equal(parsed !== undefined, optional, line);
      }
    });

    it("counts as absent if it is garbage", () => {
      for (const rubbish of RUBBISH) {
        assert.equal(parse(rubbish), undefined, rubbish.slice(0, 20));
        assert.equal(parse(withChecksum(rubbish)), undefined, rubbish.slice(0, 20));
      }
    });

    it("never throws", () => {
      fc.assert(fc.property(fc.string(), (rubbish) => assert.equal(parse(rubbish), undefined)));
      const damaged = fc.tuple(fc.nat({ max: lines.length - 1 }), fc.string({ unit: "binary" }));
      fc.assert(
        fc.property(damaged, ([at, line]) => {
          parse(rewritten(lines.with(at, line)));
        }),
      );
    });
  });
}

describe("an entry", () => {
  it("is read as written, with any texts", () => {
    const any = fc.string({ unit: "binary" });
    const path = fc.string({ unit: "binary" }).map((text) => `/${text.replaceAll("\0", "")}`);
    fc.assert(
      fc.property(any, any, any, path, (username, secret, identity, at) => {
        const files = [{ path: at, stamp: "absent" }];
        const entry = registryEntry({
          ...{ username, secret, identity },
          dependencies: { ...dependencies, files },
        });
        const text = formatEntry(entry);
        assert.match(text, /^[\n -~]+$/);
        assert.deepEqual(parseRegistryEntry(text), entry);
      }),
    );
  });

  it("has times in whole milliseconds, rounded down", () => {
    const entry = loginEntry({ life: { issuedAt: 1.5, freshUntil: -2.5, expiresAt: 1e14 + 0.5 } });
    assert.deepEqual(parseLoginEntry(formatEntry(entry)), {
      ...entry,
      life: { issuedAt: 1, freshUntil: -3, expiresAt: 1e14 },
    });
  });

  it("is not read as another kind of entry", () => {
    for (const [kind, entry] of KINDS) {
      const text = formatEntry(entry);
      const all = [parseRegistryEntry, parseAuthorizationEntry, parseLoginEntry, parseFailureEntry];
      assert.equal(all.filter((parse) => parse(text) !== undefined).length, 1, kind);
    }
  });

  const WRONG: [line: RegExp, to: readonly string[]][] = [
    [/^expires .*/m, ["expires never", "expires 1e3", "expires 01", "expires -0", "expires 1.5", "expires "]],
    [/^expires .*/m, ["expires 1000000000000000", "expires Infinity", "expires 0x10", "expires +1"]],
    [/^boot .*/m, ["boot 1", "boot x y", "boot 1 ", "boot "]],
    [/^environment .*/m, ["environment f  HOME", "environment f HOME ", "environment f A=B"]],
    [/^file .*/m, ["file absent", "file ", "file absent %", "file absent %ff", "file absent %00"]],
    [/^username .*/m, ["username AWS", 'username "AWS', "username 1", 'username "A"S"', 'username "AWS" ']],
    [/^secret .*/m, ['secret "\\x"', "secret null", "secret ", 'secret "']],
  ];
  const text = withoutChecksum(formatEntry(registryEntry({ dependencies }))) ?? "";
  for (const [line, values] of WRONG) {
    it(`counts as absent with ${values.join(", ")}`, () => {
      for (const value of values) {
        assert.match(text, line);
        assert.equal(parseRegistryEntry(withChecksum(text.replace(line, value))), undefined, value);
      }
    });
  }
});

describe("the file of a failure", () => {
  const text = JSON.stringify(failureEntry());

  it("is read as it was written", () => assert.deepEqual(parseFailureEntry(text), failureEntry()));

  it("counts as absent if it is garbage, truncated or incomplete", () => {
    for (const rubbish of [...RUBBISH, "null", "[]", "1", '"text"', "[".repeat(200_000)]) {
      assert.equal(parseFailureEntry(rubbish), undefined);
    }
    for (let end = 0; end < text.length; end++)
      assert.equal(parseFailureEntry(text.slice(0, end)), undefined);
    for (const name of Object.keys(failureEntry())) {
      for (const value of [undefined, null, [], {}, true]) {
        assert.equal(
          parseFailureEntry(JSON.stringify({ ...failureEntry(), [name]: value })),
          undefined,
          name,
        );
      }
    }
  });
});
