import assert from "node:assert/strict";
import { seal, unseal } from "../../../src/store/encryption/seal.ts";

const key = new Uint8Array(32).fill(7);
const nonce = new Uint8Array(12).fill(9);
/** A byte order mark at the start, which a decoder would remove, must be preserved too. */
const text = "\uFEFFa made-up secret, ünï ✓";

describe("a sealed text", () => {
  let sealed: string;
  before(async () => {
    sealed = await seal(text, key, "context", nonce);
  });

  it("can be decrypted with its key and its context", async () => {
    assert.equal(await unseal(sealed, key, "context"), text);
  });

  it("can't be decrypted with others", async () => {
    assert.equal(await unseal(sealed, new Uint8Array(32).fill(8), "context"), undefined);
    assert.equal(await unseal(sealed, key, "another context"), undefined);
  });

  it("can't be decrypted after a change of any bit or truncation", async () => {
    const bytes = Buffer.from(sealed, "base64");
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.equal(await unseal(changed.toString("base64"), key, "context"), undefined, `byte ${at}`);
      assert.equal(
        await unseal(bytes.subarray(0, at).toString("base64"), key, "context"),
        undefined,
        `${at} bytes`,
      );
    }
    assert.equal(await unseal("no base64 !", key, "context"), undefined);
  });

  it("differs with another nonce, and reveals nothing of the text", async () => {
    assert.notEqual(await seal(text, key, "context", new Uint8Array(12).fill(1)), sealed);
    assert.ok(!Buffer.from(sealed, "base64").includes("secret"));
  });
});
