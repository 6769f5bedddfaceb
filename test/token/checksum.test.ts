import assert from "node:assert/strict";
import fc from "fast-check";
import {
  jsonWithChecksum,
  parseJsonWithChecksum,
  withChecksum,
  withoutChecksum,
} from "../../src/token/checksum.ts";

describe("a text with its checksum", () => {
  it("ends with the SHA-256 of all text before it", () => {
    // The value is `printf 'abc\n' | sha256sum`.
    const sum = "edeaaff3f1774ad2888673770c6d64097e391bc362d7d6fb34982ddf0efd18cb";
    assert.equal(withChecksum("abc\n"), `abc\nsha256 ${sum}\n`);
  });

  it("returns the text, and undefined if a character was changed", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (text, place, other) => {
        const whole = withChecksum(text);
        assert.equal(withoutChecksum(whole), text);
        const at = place % whole.length;
        const damaged = whole.slice(0, at) + other + whole.slice(at + 1);
        assert.equal(withoutChecksum(damaged), damaged === whole ? text : undefined);
      }),
    );
  });
});

describe("a JSON value with its checksum", () => {
  const value = { format: 1, key: "bWFkZS11cA==" };
  const text = jsonWithChecksum(value);

  it("is read with and without a checksum", () => {
    assert.deepEqual(parseJsonWithChecksum(text), value);
    assert.deepEqual(parseJsonWithChecksum(JSON.stringify(value)), value);
  });

  it("is never read as another value, with any byte damaged", () => {
    for (let at = 0; at < text.length; at++) {
      for (let byte = 0; byte < 128; byte++) {
        const damaged = text.slice(0, at) + String.fromCharCode(byte) + text.slice(at + 1);
        if (damaged !== text) assert.throws(() => parseJsonWithChecksum(damaged), SyntaxError);
      }
    }
  });
});
