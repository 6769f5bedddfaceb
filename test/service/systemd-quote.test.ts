import assert from "node:assert/strict";
import fc from "fast-check";
import { quote } from "../../src/service/systemd-unit.ts";
import { readSystemdWord } from "../support/fakes/systemd-word.ts";

describe("quote", () => {
  it("is read back by systemd's rules as what it was", () => {
    const nasty = fc.stringMatching(/^[ -~\n\t\u{e9}\u{1f600}]*$/u);
    const signs = fc.string({ unit: fc.constantFrom("%", "\\", '"', "'", "$", " ", "\n", "n", "x", "4") });
    fc.assert(
      fc.property(fc.oneof(nasty, signs), (word) => {
        const quoted = quote(word);
        assert.equal(readSystemdWord(quoted), word);
        assert.doesNotMatch(quoted, /\n/);
      }),
    );
  });

  it("leaves a plain word readable", () => {
    assert.equal(quote("XDG_STATE_HOME=/srv/état"), '"XDG_STATE_HOME=/srv/état"');
  });
});
