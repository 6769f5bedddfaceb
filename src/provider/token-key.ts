import type { Folders } from "../config/folders.ts";
import { limitWithin } from "../limits/time-left.ts";
import type { TokenKey } from "../store/encryption/token-key.ts";
import type { FastFiles } from "../store/files/fast-files.ts";
import { readMemoryKey } from "../store/tokens/open-sealed.ts";
import { noTokenKey, type TokenKeyPort } from "../store/tokens/token-files.ts";
import type { Environment } from "../token/dependencies.ts";

/**
 * Milliseconds for the keychain, and for another process that reads it, at most a quarter of the time that is left. It is too short for a user to type a password:
 * the time that is left is enough to fetch a token from AWS instead.
 */
const limit = 4_000;

/** Milliseconds for which a keychain that failed is not read again. */
const cooldown = 60_000;

/**
 * The key of the encrypted tokens. The modules that it needs are loaded at its first use.
 *
 * @param until when a `get` must end, in milliseconds of `performance.now`
 */
export function openTokenKey(
  env: Environment,
  { state }: Pick<Folders, "state">,
  now: () => number,
  until = Number.POSITIVE_INFINITY,
): TokenKeyPort {
  let opened: Promise<TokenKey> | undefined;
  const open = async () => {
    const { TokenKey } = await import("../store/encryption/token-key.ts");
    const { KeychainProcess } = await import("../store/keychain/process.ts");
    const wait = limitWithin(limit, (until - performance.now()) / 4);
    const keychain = new KeychainProcess({ command: [process.execPath], env, state, limit: wait });
    const runtimeFolder = env.XDG_RUNTIME_DIR;
    return new TokenKey({ keychain, state, runtimeFolder, now, cooldown, wait });
  };
  const key = () => {
    opened ??= open();
    return opened;
  };
  return {
    get: async () => (await key()).get(),
    successorOf: async (former) => (await key()).successorOf(former),
    reload: async () => (await opened)?.reload(),
    forgetFailures: async () => (await key()).forgetFailures(),
    forget: async () => (await key()).forget(),
  };
}

/** The key if it is in memory. The keychain is not read. */
export function tokenKeyInMemory(files: FastFiles, env: Environment): TokenKeyPort {
  return {
    ...noTokenKey,
    get: async () => readMemoryKey(files, env.XDG_RUNTIME_DIR) ?? noTokenKey.get(),
  };
}
