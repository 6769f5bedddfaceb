import assert from "node:assert/strict";
import { formatEntry } from "../../src/token/entry-text.ts";
import { isFormer, parseLoginOfAnyFormat } from "../../src/token/former-login.ts";
import { loginEntry, logoutEntry } from "../support/fakes/entries.ts";

describe("a login in the format before docs/token-file.md", () => {
  const former = { ...loginEntry(), format: 1 };
  const { secret: _, ...encrypted } = { ...former, sealed: "bWFkZS11cA==" };

  it("is read, and is an entry of today's format from then on", () => {
    assert.deepEqual(parseLoginOfAnyFormat(JSON.stringify(former)), loginEntry());
  });

  it("still says its format where its secret was encrypted under that", () => {
    const found = parseLoginOfAnyFormat(JSON.stringify(encrypted));
    assert.deepEqual(found, encrypted);
    assert.ok(found && isFormer(found));
  });

  it("is nothing where it is damaged, of another format, or a logout, which counts for half a minute", () => {
    const text = JSON.stringify(former);
    for (let end = 0; end < text.length; end++) {
      assert.equal(parseLoginOfAnyFormat(text.slice(0, end)), undefined);
    }
    const others = [{}, null, { ...former, format: 3 }, { ...logoutEntry(), format: 1 }];
    for (const name of ["host", "username", "secret", "life"]) others.push({ ...former, [name]: undefined });
    for (const other of others) assert.equal(parseLoginOfAnyFormat(JSON.stringify(other)), undefined);
  });

  it("is beside today's format, which is read too", () => {
    assert.deepEqual(parseLoginOfAnyFormat(formatEntry(loginEntry())), loginEntry());
    assert.deepEqual(parseLoginOfAnyFormat(formatEntry(logoutEntry())), logoutEntry());
  });
});
