import type { LoginEntry, RegistryEntry } from "../../token/entry.ts";
import { parseKey } from "../encryption/key-file.ts";
import { openEntry } from "../encryption/sealed-entry.ts";
import type { QuickFiles } from "../files/fast-files.ts";
import { isOwn } from "../files/fast-files.ts";
import { loginPath, memoryKeyPath, tokenPath } from "../files/paths.ts";
import type { SealedWarm } from "./warm-get.ts";

/**
 * Opens what a warm get has found, with the key that lies on a memory file system.
 *
 * @param runtimeFolder XDG_RUNTIME_DIR
 * @returns undefined where the key is not there, or another: the cold path asks the keychain
 */
export async function openWarm(
  files: QuickFiles,
  runtimeFolder: string | undefined,
  found: SealedWarm,
): Promise<LoginEntry | RegistryEntry | undefined> {
  const key = readMemoryKey(files, runtimeFolder);
  if (!key) return undefined;
  const place = "authorization" in found ? tokenPath("", found.host) : loginPath("", found.host);
  return openEntry<LoginEntry | RegistryEntry>(found, place, key);
}

/** The key that lies there; undefined where there is none, or others may read it. */
export function readMemoryKey(files: QuickFiles, runtimeFolder: string | undefined): Uint8Array | undefined {
  const path = memoryKeyPath(runtimeFolder);
  const file = path === undefined ? undefined : files.read(path);
  return file && isOwn(file) ? parseKey(file.text) : undefined;
}
