import { TokenKey, type TokenKeyOptions } from "../../../src/store/encryption/token-key.ts";
import { inParts } from "../../../src/store/keychain/chunks.ts";
import type { MemoryEntries } from "./memory-entries.ts";

/** The encryption key of tokens in one process, from the keychain `entries`. */
export function tokenKeyIn(
  state: string,
  entries: MemoryEntries,
  more: Partial<TokenKeyOptions> = {},
): TokenKey {
  const keychain = inParts(entries, undefined, () => "never needed");
  const plain = { keychain, state, runtimeFolder: undefined, now: Date.now, cooldown: 60_000, wait: 5_000 };
  return new TokenKey({ ...plain, ...more });
}
