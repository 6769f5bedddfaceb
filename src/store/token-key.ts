import { dirname } from "node:path";
import { Failure } from "../token/failure.ts";
import { memoryKeyPath, tokenKeyFailurePath, tokenKeyLockPath } from "./files.ts";
import { inspectFile } from "./inspect.ts";
import { keyText, newKey, parseKey } from "./key-text.ts";
import { type Keychain, type KeychainCode, keychainCodes, keychainFailure } from "./keychain.ts";
import { awaitLock, type Release, tryLock } from "./lock.ts";
import { isMemoryFolder } from "./memory-folder.ts";
import { removeState, writeState } from "./write.ts";

/** What the key is called in the keychain, beside the logins, whose names are server URLs. */
export const tokenKeyName = "key of the encrypted ECR tokens";

export interface TokenKeyOptions {
  readonly keychain: Keychain;
  /** The state folder. */
  readonly state: string;
  /** XDG_RUNTIME_DIR. */
  readonly runtimeFolder: string | undefined;
  now(): number;
  /** Milliseconds for which a keychain that failed is not asked again: it may be asking a person for a password. */
  readonly patience: number;
  /** Milliseconds that another process which asks the keychain is waited for. */
  readonly wait: number;
}

/**
 * The key of the encrypted tokens. The keychain holds it; where the user has a folder of a memory file system, a copy
 * lies there until logout, so that not each `get` has to ask.
 */
export class TokenKey {
  #known: Uint8Array | undefined;
  #failed: { readonly at: number; readonly failure: Failure } | undefined;

  constructor(private readonly options: TokenKeyOptions) {}

  /** A new key where the keychain holds none. @throws Failure KEYCHAIN_…, STATE_FOLDER, STATE_LOCK */
  readonly get = async (): Promise<Uint8Array> => {
    this.#known ??= await this.inMemory();
    if (this.#known) return this.#known;
    const failed = await this.failedLately();
    if (failed) throw failed;
    try {
      this.#known = await this.inTurn();
      return this.#known;
    } catch (error) {
      if (error instanceof Failure) this.#failed = { at: this.options.now(), failure: error };
      throw error;
    }
  };

  /** Removes it wherever it lies: what it has encrypted is lost. @throws Failure KEYCHAIN_… */
  readonly forget = async (): Promise<void> => {
    this.#known = undefined;
    if (this.memoryPath !== undefined) await removeState(this.memoryPath);
    await this.options.keychain.remove(tokenKeyName);
  };

  private get memoryPath(): string | undefined {
    return memoryKeyPath(this.options.runtimeFolder);
  }

  private async inMemory(): Promise<Uint8Array | undefined> {
    if (this.memoryPath === undefined) return undefined;
    const found = await inspectFile(this.memoryPath);
    return found.kind === "text" ? parseKey(found.text) : undefined;
  }

  /** One process at a time asks, so that of many that begin together one makes the key. */
  private async inTurn(): Promise<Uint8Array> {
    const release = await this.lock();
    try {
      return (await this.inMemory()) ?? (await this.fromKeychain());
    } catch (error) {
      await this.noteFailure(error);
      throw error;
    } finally {
      release();
    }
  }

  private async lock(): Promise<Release> {
    const { state, wait } = this.options;
    const release = await awaitLock(() => tryLock(state, tokenKeyLockPath(state)), wait);
    if (release) return release;
    throw keychainFailure("KEYCHAIN_TIMEOUT", "another process waits for the keychain's answer");
  }

  private async fromKeychain(): Promise<Uint8Array> {
    const { keychain, state, runtimeFolder } = this.options;
    const [text] = await keychain.read([tokenKeyName]);
    let key = text === undefined ? undefined : parseKey(text);
    if (!key) {
      key = newKey();
      await keychain.write(tokenKeyName, JSON.stringify(keyText(key)));
    }
    await removeState(tokenKeyFailurePath(state)).catch(() => undefined);
    const path = this.memoryPath;
    if (path !== undefined && runtimeFolder !== undefined && (await isMemoryFolder(runtimeFolder))) {
      // Without it the next asks the keychain again.
      await writeState(dirname(path), path, keyText(key)).catch(() => undefined);
    }
    return key;
  }

  private async failedLately(): Promise<Failure | undefined> {
    const { state, now, patience } = this.options;
    const isLate = (at: number) => at <= now() && now() - at < patience;
    if (this.#failed && isLate(this.#failed.at)) return this.#failed.failure;
    const found = await inspectFile(tokenKeyFailurePath(state));
    if (found.kind !== "text") return undefined;
    try {
      const { at, code, what } = JSON.parse(found.text);
      return isLate(at) && isKeychainCode(code) ? keychainFailure(code, String(what)) : undefined;
    } catch {
      return undefined;
    }
  }

  /** For other processes: of a build's many gets one asks a keychain that hangs. */
  private async noteFailure(error: unknown): Promise<void> {
    if (!(error instanceof Failure) || !isKeychainCode(error.code)) return;
    const { state, now } = this.options;
    const note = { format: 1, at: now(), code: error.code, what: error.message };
    await writeState(state, tokenKeyFailurePath(state), note).catch(() => undefined);
  }
}

function isKeychainCode(code: unknown): code is KeychainCode {
  return keychainCodes.some((each) => each === code);
}
