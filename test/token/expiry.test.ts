import assert from "node:assert/strict";
import fc from "fast-check";
import { expiryOfPassword } from "../../src/token/expiry.ts";
import { passwordExpiring } from "../support/fakes/entries.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("expiryOfPassword", () => {
  it("is the expiry in the token, in milliseconds", () => {
    assert.equal(expiryOfPassword(passwordExpiring(1_768_500_000)), 1_768_500_000_000);
  });

  it("reads base64 without padding too", () => {
    assert.equal(expiryOfPassword(passwordExpiring(1_768_500_000).replace(/=+$/, "")), 1_768_500_000_000);
  });

  const strangers: [what: string, password: string][] = [
    ["an empty password", ""],
    ["a password that somebody made up", "hunter2 hunter2"],
    ["base64 of no JSON", base64("no JSON")],
    ["base64 of null", base64("null")],
    ["base64 of a number", base64("1768500000")],
    ["base64 of a list", base64("[1768500000]")],
    ["a token without expiration", base64("{}")],
    ["JSON that is not base64", '{"expiration":1768500000}'],
    ["a token cut in half", passwordExpiring(1_768_500_000).slice(0, 40)],
    ["an expiration in a string", passwordExpiring("1768500000")],
    ["an expiration of null", passwordExpiring(null)],
    ["an expiration beyond all numbers", base64('{"expiration":1e999}')],
  ];
  for (const [what, password] of strangers) {
    it(`is undefined for ${what}`, () => assert.equal(expiryOfPassword(password), undefined));
  }

  it("never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (password) => void expiryOfPassword(password)),
    );
    fc.assert(fc.property(fc.json(), (json) => void expiryOfPassword(base64(json))));
  });
});
