import assert from "node:assert/strict";
import { parseLogin } from "../../src/store/tokens/login.ts";
import { withChecksum, withoutChecksum } from "../../src/token/checksum.ts";
import { formatEntry, type StoredEntry } from "../../src/token/entry-text.ts";
import { expiryOfPassword } from "../../src/token/expiry.ts";
import { parseLoginOfAnyFormat } from "../../src/token/former-login.ts";
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
import { damaged } from "../support/fuzz/damage.ts";
import { fuzzer } from "../support/fuzz/fuzzer.ts";
import type { Random } from "../support/fuzz/random.ts";

const texts = ["AWS", "", "a b", "é😀", "\u0000\n\r", '"\\', "\ud800", "%41", "<token>", "x".repeat(3_000)];
const times = [0, 1, -1, 1_700_000_000_000, 999_999_999_999_999, 1.5];

function entry(random: Random): StoredEntry {
  const username = random.pick(texts);
  const secret = random.pick(texts);
  const life = {
    issuedAt: random.pick(times),
    freshUntil: random.pick(times),
    expiresAt: random.pick(times),
    ...(random.chance(0.5) && { expiresAtAws: random.pick(times) }),
    ...(random.chance(0.5) && { boot: { id: "boot-1", uptime: random.pick(times) } }),
  };
  const dependencies = {
    environment: { names: random.list(3, () => random.pick(["AWS_PROFILE", "HOME"])), fingerprint: "f" },
    files: random.list(3, () => ({ path: random.pick(["/a b/c", "/%41", "/é\n", "/x"]), stamp: "1:2" })),
    ...(random.chance(0.5) && { boot: "boot-1" }),
  };
  return random.pick<StoredEntry>([
    registryEntry({ username, secret, life, dependencies, identity: random.pick(texts) }),
    authorizationEntry({
      username,
      secret,
      life,
      identity: random.pick(texts),
      sessionEndsAt: random.pick(times),
    }),
    loginEntry({ username, secret, life }),
    logoutEntry({ loggedOutAt: random.pick(times) }),
  ]);
}

const parsers = [parseRegistryEntry, parseAuthorizationEntry, parseLoginEntry] as const;

/** The files of tokens and logins: the checksum detects damage, and a valid file has only one interpretation. */
export const tokenFiles = fuzzer<readonly [text: string, isWhole: boolean]>({
  name: "token-files",
  isWhole: true,
  make(random) {
    if (random.chance(0.1)) return [damaged(random, JSON.stringify(failureEntry())), false];
    const text = formatEntry(entry(random));
    if (random.chance(0.3)) return [text, true];
    const changed = random.chance(0.5)
      ? damaged(random, text)
      : withChecksum(damaged(random, withoutChecksum(text) ?? ""));
    return [changed, false];
  },
  check([text, isWhole]) {
    const found = parsers.map((parse) => parse(text)).filter((each) => each !== undefined);
    assert.equal(found.length <= 1 && (!isWhole || found.length === 1), true);
    for (const each of found) {
      const again = formatEntry(each as StoredEntry);
      assert.deepEqual(
        parsers.map((parse) => parse(again)).find((other) => other !== undefined),
        each,
      );
    }
    // A changed byte is detected anywhere.
    if (found.length === 1 && text.length > 0) {
      const at = text.length >> 1;
      const flipped = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
      assert.ok(parsers.every((parse) => parse(flipped) === undefined));
    }
    parseFailureEntry(text);
    parseLoginOfAnyFormat(text);
    parseLogin(text);
    const expiry = expiryOfPassword(text);
    assert.ok(expiry === undefined || Number.isFinite(expiry));
  },
});
