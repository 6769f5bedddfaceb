import assert from "node:assert/strict";
import { formatEntry } from "../../src/token/entry-text.ts";
import { hasPreviousFormat, parseLoginOfAnyFormat } from "../../src/token/former-login.ts";
import { loginEntry, logoutEntry } from "../support/fakes/entries.ts";

describe("a login in the previous format", () => {
  const former = { ...loginEntry(), format: 1 };
  const { secret: _, ...encrypted } = { ...former, sealed: "bWFkZS11cA==" };

  it("is read as an entry of the current format", () => {
    assert.deepEqual(parseLoginOfAnyFormat(JSON.stringify(former)), loginEntry());
  });

  it("keeps its format if its secret was encrypted in it", () => {
    const found = parseLoginOfAnyFormat(JSON.stringify(encrypted));
    assert.deepEqual(found, encrypted);
    assert.ok(found && hasPreviousFormat(found));
  });

  it("is undefined if it is damaged, of another format, or a logout", () => {
    const text = JSON.stringify(former);
    for (let end = 0; end < text.length; end++) {
      assert.equal(parseLoginOfAnyFormat(text.slice(0, end)), undefined);
    }
    const others = [{}, null, { ...former, format: 3 }, { ...logoutEntry(), format: 1 }];
    for (const name of ["host", "username", "secret", "life"]) others.push({ ...former, [name]: undefined });
    for (const other of others) assert.equal(parseLoginOfAnyFormat(JSON.stringify(other)), undefined);
  });

  it("is read besides the current format", () => {
    assert.deepEqual(parseLoginOfAnyFormat(formatEntry(loginEntry())), loginEntry());
    assert.deepEqual(parseLoginOfAnyFormat(formatEntry(logoutEntry())), logoutEntry());
  });
});
