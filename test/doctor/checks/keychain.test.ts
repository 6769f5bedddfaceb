import assert from "node:assert/strict";
import { emptyConfig } from "../../../src/config/config.ts";
import { reasonUnused, testKeychain } from "../../../src/doctor/checks/keychain.ts";
import type { Keychain } from "../../../src/store/keychain/keychain.ts";

/** @param spoil changes a value when it is written; undefined: the value is lost */
function fakeKeychain(spoil = (value: string): string | undefined => value, deletes = true) {
  const held = new Map<string, string>();
  const keychain: Keychain = {
    read: async (names) => names.map((name) => held.get(name)),
    write: async (name, value) => {
      const kept = spoil(value);
      if (kept !== undefined) held.set(name, kept);
    },
    remove: async (name) => {
      if (deletes) held.delete(name);
    },
  };
  return { held, keychain };
}

describe("doctor: the keychain", () => {
  const asked = { credsStore: "ecr" };

  it("is used for tokens, or for other hosts' logins if Docker uses this helper for all hosts", () => {
    assert.equal(reasonUnused(emptyConfig, asked), undefined);
    assert.equal(reasonUnused({ ...emptyConfig, store: "keychain" }, undefined), undefined);
    assert.match(reasonUnused(emptyConfig, { credsStore: "desktop" }) ?? "", /does not use/);
    assert.match(reasonUnused(emptyConfig, undefined) ?? "", /does not use/);
    const pass = { ...emptyConfig, fallback: { kind: "helper", name: "pass" } } as const;
    assert.equal(reasonUnused(pass, asked), "fallback is the helper pass");
    assert.equal(reasonUnused({ ...emptyConfig, fallback: { kind: "none" } }, asked), "fallback is none");
  });

  it("is tested with an entry that is written, read and removed", async () => {
    const { held, keychain } = fakeKeychain();
    assert.equal((await testKeychain(keychain)).status, "ok");
    assert.equal(held.size, 0);
  });

  it("fails if an entry is lost, changed or not removed", async () => {
    assert.equal((await testKeychain(fakeKeychain(() => undefined).keychain)).status, "failed");
    assert.equal((await testKeychain(fakeKeychain((value) => `${value}x`).keychain)).status, "failed");
    assert.equal((await testKeychain(fakeKeychain(undefined, false).keychain)).status, "failed");
  });
});
