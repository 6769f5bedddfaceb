/** Bytes. */
export const keyLength = 32;
export const nonceLength = 12;
const tagLength = 16;
const algorithm = "AES-GCM";

/**
 * Encrypts a text with AES-256-GCM (NIST SP 800-38D). It uses Web Crypto, which Bun has loaded already: loading
 * `node:crypto` takes longer than a whole warm get.
 *
 * @param key 32 bytes
 * @param context the purpose of the text; it can only be decrypted with the same context, so encrypted texts can't be
 *   swapped
 * @param nonce 12 random bytes, never the same twice with one key
 * @returns base64 of the nonce, the tag, the cipher text
 */
export async function seal(
  text: string,
  key: Uint8Array,
  context: string,
  nonce: Uint8Array,
): Promise<string> {
  const imported = await importKey(key, "encrypt");
  const plain = new TextEncoder().encode(text);
  const output = new Uint8Array(await crypto.subtle.encrypt(parameters(nonce, context), imported, plain));
  const end = output.length - tagLength;
  return Buffer.concat([nonce, output.subarray(end), output.subarray(0, end)]).toString("base64");
}

/** Decrypts a text; undefined if the key or the context differs, or a bit of the text was changed. */
export async function unseal(sealed: string, key: Uint8Array, context: string): Promise<string | undefined> {
  try {
    // Not with Buffer, which takes a millisecond to load.
    const bytes = Uint8Array.fromBase64(sealed);
    const start = nonceLength + tagLength;
    if (bytes.length < start) return undefined;
    const input = new Uint8Array(bytes.length - nonceLength);
    input.set(bytes.subarray(start));
    input.set(bytes.subarray(nonceLength, start), bytes.length - start);
    const imported = await importKey(key, "decrypt");
    const plain = await crypto.subtle.decrypt(
      parameters(bytes.subarray(0, nonceLength), context),
      imported,
      input,
    );
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(plain);
  } catch {
    return undefined;
  }
}

function parameters(iv: Uint8Array, context: string) {
  return {
    name: algorithm,
    iv: Uint8Array.from(iv),
    additionalData: new TextEncoder().encode(context),
    tagLength: 8 * tagLength,
  };
}

function importKey(key: Uint8Array, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", Uint8Array.from(key), algorithm, false, [use]);
}
