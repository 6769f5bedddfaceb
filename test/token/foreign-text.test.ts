import assert from "node:assert/strict";
import { foreignError, foreignText } from "../../src/token/foreign-text.ts";
import { cutForeign, longestForeign, oneLine, withoutControls } from "../../src/token/printable.ts";

const TEXTS: readonly [what: string, text: string, shown: string][] = [
  ["an ordinary one", "access denied: no policy", "access denied: no policy"],
  ["escape sequences", "a\x1b[31mb\x1b]0;title\x07c", "a [31mb ]0;title c"],
  ["C1 controls", "a\x9b31mb\x85c", "a 31mb c"],
  ["line ends of all kinds", "a\nb\r\nc\rd\u2028e\u2029f\v\fg", "a b c d e f g"],
  ["a NUL and a backspace", "ab\0c\bd", "ab c d"],
  ["marks that change the direction", "a\u202eb\u2066c\u200fd", "abcd"],
  ["invisible characters within a name", "pass\u200bword=planted-word", "password=[redacted]"],
  ["a byte order mark and halves of characters", "\ufeffa\ud800b\udc00", "ab"],
  ["a secret behind a control character", "Bearer\tabcDEF123456", "Bearer [redacted]"],
  ["whole characters outside the first plane", "a 🐳 b", "a 🐳 b"],
];

describe("foreignText", () => {
  for (const [what, text, shown] of TEXTS) {
    it(`shows ${what}`, () => assert.equal(foreignText(text), shown));
  }

  it("shows at most 2,048 characters, up to the end of a word", () => {
    const text = foreignText("word ".repeat(1_000));
    assert.ok(text.length <= longestForeign + 1 && text.length > longestForeign - 6);
    assert.match(text, /word…$/);
    assert.equal(foreignText("a".repeat(1_000_000)), "…");
  });

  it("shows an error's name and message", () => {
    assert.equal(foreignError(new TypeError("a\nb")), "TypeError: a b");
    assert.equal(foreignError("password=planted-word"), "password=[redacted]");
  });
});

describe("cutForeign", () => {
  it("does not change a short text", () => assert.equal(cutForeign("a b\n"), "a b\n"));
  it("cuts before a word that is too long", () => assert.equal(cutForeign("ab cdef", 5), "ab…"));
});

describe("withoutControls and oneLine", () => {
  it("keep line ends, or replace them by spaces", () => {
    assert.equal(withoutControls("a\r\nb\rc\td"), "a\nb\nc d");
    assert.equal(oneLine(" a\r\n\n b\t"), "a b");
  });
});
