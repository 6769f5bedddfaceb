import type { Folders } from "../config/folders.ts";
import type { TokenKey } from "../store/encryption/token-key.ts";
import type { FastFiles } from "../store/files/fast-files.ts";
import { readMemoryKey } from "../store/tokens/open-sealed.ts";
import { noTokenKey, type TokenKeyPort } from "../store/tokens/token-files.ts";
import type { Environment } from "../token/dependencies.ts";

/**
 * Milliseconds for the keychain, and for another process that asks it. A token can be had from AWS instead, in the time
 * that is left: nobody is waited for who has to type a password.
 */
const limit = 4_000;

/** Milliseconds for which a keychain that failed is left alone. */
const cooldown = 60_000;

/** The key of the encrypted tokens. What it takes is loaded when it is asked for. */
export function openTokenKey(
  env: Environment,
  { state }: Pick<Folders, "state">,
  now: () => number,
): TokenKeyPort {
  let opened: Promise<TokenKey> | undefined;
  const open = async () => {
    const { TokenKey } = await import("../store/encryption/token-key.ts");
    const { KeychainProcess } = await import("../store/keychain/process.ts");
    const keychain = new KeychainProcess({ command: [process.execPath], env, state, limit });
    const runtimeFolder = env.XDG_RUNTIME_DIR;
    return new TokenKey({ keychain, state, runtimeFolder, now, cooldown, wait: limit });
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

/** The same for who only looks: wherever it lies ready. */
export function lyingTokenKey(files: FastFiles, env: Environment): TokenKeyPort {
  return {
    ...noTokenKey,
    get: async () => readMemoryKey(files, env.XDG_RUNTIME_DIR) ?? noTokenKey.get(),
  };
}
