import assert from "node:assert/strict";
import { environmentKeys, refuseExpired } from "../../src/profiles/environment.ts";

const keys = { AWS_ACCESS_KEY_ID: "TESTKEY", AWS_SECRET_ACCESS_KEY: "test-secret" };
const expiring = (AWS_CREDENTIAL_EXPIRATION: string) =>
  environmentKeys({ ...keys, AWS_CREDENTIAL_EXPIRATION });
const expiry = Date.UTC(2026, 0, 2, 3, 4, 5);

describe("keys in the environment", () => {
  for (const text of ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05UTC", "2026-01-02T04:04:05+01:00"]) {
    it(`expire at AWS_CREDENTIAL_EXPIRATION, ${text}`, () => {
      const found = expiring(text);
      assert.equal(found?.expiration?.getTime(), expiry);
      assert.doesNotThrow(() => refuseExpired(found, expiry - 1));
      assert.throws(() => refuseExpired(found, expiry), {
        code: "SESSION_EXPIRED",
        message: /2026-01-02T03:04:05\.000Z \(AWS_CREDENTIAL_EXPIRATION\)/,
      });
    });
  }

  it("have no expiry if it is unset or empty", () => {
    for (const found of [environmentKeys(keys), expiring("")]) {
      assert.ok(found && !("expiration" in found));
      refuseExpired(found, expiry);
    }
  });

  for (const text of ["soon", "12 hours", "[]"]) {
    it(`are refused with the expiry "${text}"`, () => {
      assert.throws(() => expiring(text), { code: "NO_CREDENTIALS", message: /AWS_CREDENTIAL_EXPIRATION/ });
    });
  }

  for (const [name, text] of [
    ["AWS_ACCESS_KEY_ID", "TESTKEY\n"],
    ["AWS_SESSION_TOKEN", "test\r\ntoken"],
    ["AWS_SECURITY_TOKEN", "test-token\n"],
  ] as const) {
    it(`are refused with a line break in ${name}`, () => {
      const message = `${name} in the environment contains a line end, which no key does`;
      assert.throws(() => environmentKeys({ ...keys, [name]: text }), { code: "KEYS_UNKNOWN", message });
    });
  }
});
