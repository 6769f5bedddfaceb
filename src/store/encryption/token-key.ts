import { dirname } from "node:path";
import { Failure } from "../../token/failure.ts";
import { inspectFile } from "../files/inspect.ts";
import { awaitLock, type Release, tryLock } from "../files/lock.ts";
import { memoryKeyPath, tokenKeyLockPath } from "../files/paths.ts";
import { isPrivateTmpfs } from "../files/tmpfs.ts";
import { removeState, writeState } from "../files/write.ts";
import { type Keychain, keychainFailure } from "../keychain/keychain.ts";
import { TokenKeyFailure } from "./key-failure.ts";
import { keyFileText, keyText, newKey, parseKey } from "./key-file.ts";
import { readAtRest } from "./mode.ts";

/** The name of the key in the keychain, next to the logins, whose names are server URLs. */
export const tokenKeyName = "key of the encrypted ECR tokens";

export interface TokenKeyOptions {
  readonly keychain: Keychain;
  /** The state folder. */
  readonly state: string;
  /** XDG_RUNTIME_DIR. */
  readonly runtimeFolder: string | undefined;
  now(): number;
  /** Milliseconds for which a keychain that failed is not called again: it may be prompting for a password. */
  readonly cooldown: number;
  /** Milliseconds to wait for another process that calls the keychain. */
  readonly wait: number;
}

/**
 * The key of the encrypted tokens. The keychain stores it. If the user has a runtime folder on tmpfs, a copy is there
 * until logout, so that not every `get` has to call the keychain.
 */
export class TokenKey {
  #known: Uint8Array | undefined;
  #lookedForSuccessorAt: number | undefined;
  readonly #failure: TokenKeyFailure;

  constructor(private readonly options: TokenKeyOptions) {
    this.#failure = new TokenKeyFailure(options.state, options.now, options.cooldown);
  }

  /** Creates a key if the keychain has none. @throws Failure KEYCHAIN_…, STATE_FOLDER, STATE_LOCK */
  readonly get = async (): Promise<Uint8Array> => {
    this.#known ??= await this.fromRuntimeFolder();
    if (this.#known) return this.#known;
    const failed = await this.#failure.recent();
    if (failed) throw failed;
    try {
      this.#known = await this.underLock();
      return this.#known;
    } catch (error) {
      if (error instanceof Failure) this.#failure.remember(error);
      throw error;
    }
  };

  /**
   * The key that replaced `previous`, which does not decrypt a file: after the keychain was emptied, or the setting was
   * changed twice, another process has created a new one. Without this function the two processes would treat each
   * other's tokens as damaged forever. Never fails: undefined if there is no other key.
   */
  readonly successorOf = async (previous: Uint8Array): Promise<Uint8Array | undefined> => {
    const isOther = (key: Uint8Array | undefined) => key !== undefined && !Bun.deepEquals(key, previous);
    if (isOther(this.#known)) return this.#known;
    let key = await this.fromRuntimeFolder();
    if (!isOther(key)) key = await this.occasionallyFromKeychain();
    if (!isOther(key)) return undefined;
    this.#known = key;
    return key;
  };

  /**
   * Forgets the key in this process, so that it is read again: another process may have removed it and created another.
   */
  readonly reload = async (): Promise<void> => {
    this.#known = undefined;
  };

  /** Forgets earlier failures: a user runs the command, who may have unlocked the keychain meanwhile. */
  readonly forgetFailures = async (): Promise<void> => {
    this.#failure.ignoreEarlierFailures();
  };

  /**
   * Removes the key everywhere, which makes the files that it encrypted worthless. Does nothing if another process has
   * turned encryption on again meanwhile: that is recorded before a key is created, under the same lock.
   *
   * @throws Failure KEYCHAIN_…
   */
  readonly forget = async (): Promise<void> => {
    this.#known = undefined;
    const release = await this.lock();
    try {
      if ((await readAtRest(this.options.state)).store === "keychain") return;
      if (this.runtimePath !== undefined) await removeState(this.runtimePath);
      const failed = await this.#failure.recent();
      if (failed) throw failed;
      await this.options.keychain.remove(tokenKeyName);
    } finally {
      release();
    }
  };

  private get runtimePath(): string | undefined {
    return memoryKeyPath(this.options.runtimeFolder);
  }

  private async fromRuntimeFolder(): Promise<Uint8Array | undefined> {
    if (this.runtimePath === undefined) return undefined;
    const file = await inspectFile(this.runtimePath);
    return file.kind === "text" ? parseKey(file.text) : undefined;
  }

  /** One process at a time calls the keychain, so that only one of many concurrent processes creates the key. */
  private async underLock(): Promise<Uint8Array> {
    const began = this.options.now();
    const release = await this.lock();
    try {
      const cached = await this.fromRuntimeFolder();
      if (cached) return cached;
      // The process that held the lock got no answer: another call would wait a second time.
      const failed = await this.#failure.since(began);
      if (failed) throw failed;
      return await this.fromKeychain();
    } catch (error) {
      await this.#failure.record(error);
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
    const { keychain } = this.options;
    let key = await this.readKeychain();
    if (!key) {
      key = newKey();
      await keychain.write(tokenKeyName, JSON.stringify(keyText(key)));
    }
    await this.#failure.clear();
    await this.cacheInRuntimeFolder(key);
    return key;
  }

  private async readKeychain(): Promise<Uint8Array | undefined> {
    const [text] = await this.options.keychain.read([tokenKeyName]);
    return text === undefined ? undefined : parseKey(text);
  }

  /** Reads the keychain at most once per cooldown: a damaged file would otherwise cause a call each time. */
  private async occasionallyFromKeychain(): Promise<Uint8Array | undefined> {
    const { now, cooldown } = this.options;
    const last = this.#lookedForSuccessorAt;
    if (last !== undefined && now() - last < cooldown) return undefined;
    this.#lookedForSuccessorAt = now();
    if (await this.#failure.recent()) return undefined;
    try {
      const key = await this.readKeychain();
      if (key) await this.cacheInRuntimeFolder(key);
      return key;
    } catch (error) {
      await this.#failure.record(error);
      return undefined;
    }
  }

  private async cacheInRuntimeFolder(key: Uint8Array): Promise<void> {
    const { runtimeFolder } = this.options;
    const path = this.runtimePath;
    if (path !== undefined && runtimeFolder !== undefined && (await isPrivateTmpfs(runtimeFolder))) {
      // Without this copy the next process calls the keychain again.
      await writeState(dirname(path), path, keyFileText(key)).catch(() => undefined);
    }
  }
}
