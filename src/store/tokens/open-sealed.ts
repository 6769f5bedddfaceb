import type { LoginEntry, RegistryEntry } from "../../token/entry.ts";
import { parseKey } from "../encryption/key-file.ts";
import { openEntry } from "../encryption/sealed-entry.ts";
import type { FastFiles } from "../files/fast-files.ts";
import { isOwnedAndPrivate } from "../files/fast-files.ts";
import { loginPath, memoryKeyPath, tokenPath } from "../files/paths.ts";
import type { EncryptedCredential } from "./warm-get.ts";

/**
 * Decrypts a credential for a warm get, with the copy of the key on tmpfs.
 *
 * @param runtimeFolder XDG_RUNTIME_DIR
 * @returns undefined if the key is missing or differs: the cold path calls the keychain
 */
export async function decryptCachedCredential(
  files: FastFiles,
  runtimeFolder: string | undefined,
  credential: EncryptedCredential,
): Promise<LoginEntry | RegistryEntry | undefined> {
  const key = readMemoryKey(files, runtimeFolder);
  if (!key) return undefined;
  const place =
    "authorization" in credential ? tokenPath("", credential.host) : loginPath("", credential.host);
  return openEntry<LoginEntry | RegistryEntry>(credential, place, key);
}

/** The copy of the key in the runtime folder; undefined if there is none, or other users can read it. */
export function readMemoryKey(files: FastFiles, runtimeFolder: string | undefined): Uint8Array | undefined {
  const path = memoryKeyPath(runtimeFolder);
  const file = path === undefined ? undefined : files.read(path);
  return file && isOwnedAndPrivate(file) ? parseKey(file.text) : undefined;
}
