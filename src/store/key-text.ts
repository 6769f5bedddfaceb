import { keyLength } from "./seal.ts";

/** A key as it stands in a file or in the keychain. */
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

/** Undefined for what is no key of ours. */
export function parseKey(text: string): Uint8Array | undefined {
  try {
    const { format, key } = JSON.parse(text);
    const bytes = format === 1 && typeof key === "string" ? Uint8Array.fromBase64(key) : undefined;
    return bytes?.length === keyLength ? bytes : undefined;
  } catch {
    return undefined;
  }
}
