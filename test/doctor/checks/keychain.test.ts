import assert from "node:assert/strict";
import { emptyConfig } from "../../../src/config/config.ts";
import { tryOut, whyUnused } from "../../../src/doctor/checks/keychain.ts";
import type { Keychain } from "../../../src/store/keychain/keychain.ts";

/** @param spoil what becomes of a value on its way in; undefined: it is lost */
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

  it("plays a part for the tokens, or for other hosts' logins where Docker asks for all hosts", () => {
    assert.equal(whyUnused(emptyConfig, asked), undefined);
    assert.equal(whyUnused({ ...emptyConfig, store: "keychain" }, undefined), undefined);
    assert.match(whyUnused(emptyConfig, { credsStore: "desktop" }) ?? "", /does not ask/);
    assert.match(whyUnused(emptyConfig, undefined) ?? "", /does not ask/);
    const pass = { ...emptyConfig, fallback: { kind: "helper", name: "pass" } } as const;
    assert.equal(whyUnused(pass, asked), "fallback is the helper pass");
    assert.equal(whyUnused({ ...emptyConfig, fallback: { kind: "none" } }, asked), "fallback is none");
  });

  it("is proved by an entry that goes in, comes back and is gone", async () => {
    const { held, keychain } = fakeKeychain();
    assert.equal((await tryOut(keychain)).status, "ok");
    assert.equal(held.size, 0);
  });

  it("fails where an entry is lost, changed or stays", async () => {
    assert.equal((await tryOut(fakeKeychain(() => undefined).keychain)).status, "failed");
    assert.equal((await tryOut(fakeKeychain((value) => `${value}x`).keychain)).status, "failed");
    assert.equal((await tryOut(fakeKeychain(undefined, false).keychain)).status, "failed");
  });
});
