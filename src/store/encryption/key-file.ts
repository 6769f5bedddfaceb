import { jsonWithChecksum, parseJsonWithChecksum } from "../../token/checksum.ts";
import { keyLength } from "./seal.ts";

/** A key as it is stored in a file or in the keychain. */
export interface KeyText {
  readonly format: 1;
  /** Base64. */
  readonly key: string;
}

export function newKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(keyLength));
}

export function keyText(key: Uint8Array): KeyText {
  return { format: 1, key: Buffer.from(key).toString("base64") };
}

/**
 * The text of a file with the key. It has a checksum: a damaged key would make every file that it decrypts look
 * damaged.
 */
export function keyFileText(key: Uint8Array): string {
  return jsonWithChecksum(keyText(key));
}

/** Undefined if the text is not a key of this program. */
export function parseKey(text: string): Uint8Array | undefined {
  try {
    const { format, key } = parseJsonWithChecksum(text) as Partial<KeyText>;
    const bytes = format === 1 && typeof key === "string" ? Uint8Array.fromBase64(key) : undefined;
    return bytes?.length === keyLength ? bytes : undefined;
  } catch {
    return undefined;
  }
}
