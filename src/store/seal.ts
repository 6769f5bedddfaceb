import { createCipheriv, createDecipheriv } from "node:crypto";

/** Bytes. */
export const keyLength = 32;
export const nonceLength = 12;
const tagLength = 16;

/**
 * Encrypts a text with AES-256-GCM (NIST SP 800-38D).
 *
 * @param key 32 bytes
 * @param context what the text is for; it opens under the same context only, so sealed texts can't be exchanged
 * @param nonce 12 random bytes, never the same twice under one key
 * @returns base64 of the nonce, the tag, the cipher text
 */
export function seal(text: string, key: Uint8Array, context: string, nonce: Uint8Array): string {
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: tagLength });
  cipher.setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

/** The text again; undefined where the key or the context is another, or a bit of it was changed. */
export function unseal(sealed: string, key: Uint8Array, context: string): string | undefined {
  const bytes = Buffer.from(sealed, "base64");
  if (bytes.length < nonceLength + tagLength) return undefined;
  const nonce = bytes.subarray(0, nonceLength);
  const tag = bytes.subarray(nonceLength, nonceLength + tagLength);
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagLength });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(tag);
    const text = decipher.update(bytes.subarray(nonceLength + tagLength));
    return Buffer.concat([text, decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}
