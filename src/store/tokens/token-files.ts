import { withoutChecksum } from "../../token/checksum.ts";
import type { FailureEntry, LogoutEntry, Sealed } from "../../token/entry.ts";
import { formatEntry, type SecretEntry } from "../../token/entry-text.ts";
import { Failure } from "../../token/failure.ts";
import { type AtRest, readAtRest } from "../encryption/mode.ts";
import { nonceLength } from "../encryption/seal.ts";
import { openEntry, sealEntry } from "../encryption/sealed-entry.ts";
import { inspectFile } from "../files/inspect.ts";
import { removeDamaged } from "../files/remove-damaged.ts";
import type { FileReporter } from "../files/report-once.ts";
import { removeState, writeState } from "../files/write.ts";
import { keychainFailure } from "../keychain/keychain.ts";

/** The key of encrypted tokens, wherever it is stored. */
export interface TokenKeyPort {
  /** Creates a key if there is none. @throws Failure KEYCHAIN_… */
  get(): Promise<Uint8Array>;
  /** The key that replaced `previous`, which does not decrypt a file; undefined if there is no other key. */
  successorOf(previous: Uint8Array): Promise<Uint8Array | undefined>;
  /** Forgets the key in this process, so that it is read again. */
  reload(): Promise<void>;
  /** Forgets earlier failures, so that the keychain is called again. */
  forgetFailures(): Promise<void>;
  /** Removes it. @throws Failure KEYCHAIN_… */
  forget(): Promise<void>;
}

/** For callers without a keychain. */
export const noTokenKey: TokenKeyPort = {
  get: async () => {
    throw keychainFailure("KEYCHAIN_UNREACHABLE", "no keychain was called");
  },
  successorOf: async () => undefined,
  reload: async () => {},
  forgetFailures: async () => {},
  forget: async () => {},
};

/** Files that each contain a secret, in plain text or encrypted as `at-rest.json` says. */
export class TokenFiles {
  /** Entries that were removed from the disk because they could not be encrypted: this process still uses them. */
  readonly #inMemory = new Map<string, object>();
  /** Why encrypted files could not be read, by path. */
  readonly #unopened = new Map<string, Failure>();
  #isKeyFailureReported = false;
  /** The setting of config.yaml, used if the mark could not be written. */
  wanted: AtRest | undefined;

  constructor(
    private readonly state: string,
    private readonly key: TokenKeyPort,
    private readonly report: FileReporter,
    private readonly inspect: typeof inspectFile = inspectFile,
  ) {}

  /** Never fails: an unusable file is reported with `report` and counts as absent. */
  async read<Entry extends object>(
    path: string,
    parse: (text: string) => Entry | Sealed<Entry> | undefined,
    { removesDamaged = false } = {},
  ): Promise<Entry | undefined> {
    const inMemory = this.#inMemory.get(path);
    if (inMemory) return inMemory as Entry;
    const file = await this.inspect(path);
    if (file.kind === "absent") return undefined;
    const entry = file.kind === "text" ? parse(file.text) : undefined;
    if (entry === undefined) {
      const isIntact = file.kind === "text" && withoutChecksum(file.text) !== undefined;
      const reason = `${isIntact ? "" : "damaged, or "}not a file that this version writes`;
      this.report(`STATE_FILE ${path} was ignored: ${file.kind === "refused" ? file.why : reason}`, path);
      if (removesDamaged && file.kind === "text" && !isIntact) await removeDamaged(this.state, path);
      return undefined;
    }
    return isSealed(entry) ? this.open(path, entry) : entry;
  }

  /** @throws Failure STATE_FOLDER, STATE_WRITE, and KEYCHAIN_… if it must not be written in plain text */
  async write(path: string, entry: SecretEntry | LogoutEntry | FailureEntry): Promise<void> {
    if ("endpoint" in entry) return writeState(this.state, path, JSON.stringify(entry));
    if ("loggedOutAt" in entry) return writeState(this.state, path, formatEntry(entry));
    if (!(await this.mustEncrypt())) {
      await writeState(this.state, path, formatEntry(entry));
      // The config may have changed since the file was written.
      if (!(await this.mustEncrypt())) return;
      await removeState(path);
    }
    const nonce = crypto.getRandomValues(new Uint8Array(nonceLength));
    const sealed = await sealEntry(entry, this.placeOf(path), await this.requireKey(), nonce);
    await writeState(this.state, path, formatEntry(sealed));
    this.#inMemory.delete(path);
  }

  /** Removes a file, and keeps its entry in memory for this process. */
  async keepInMemory(path: string, entry: object): Promise<void> {
    await removeState(path);
    this.#inMemory.set(path, entry);
  }

  async remove(path: string): Promise<boolean> {
    const wasInMemory = this.#inMemory.delete(path);
    return (await removeState(path)) || wasInMemory;
  }

  /** Checks that a secret could be stored. @throws Failure KEYCHAIN_… */
  async assertCanStore(): Promise<void> {
    if (await this.mustEncrypt()) await this.requireKey();
  }

  private async mustEncrypt(): Promise<boolean> {
    return this.wanted === "keychain" || (await readAtRest(this.state)).store === "keychain";
  }

  /** Why the keychain prevented the last read of an encrypted file. */
  keyFailureOf(path: string): Failure | undefined {
    return this.#unopened.get(path);
  }

  /** The entry of an encrypted file; undefined as for `read`. @param isReported whether the reason is reported */
  async open<Entry>(path: string, sealed: Sealed<Entry>, isReported = true): Promise<Entry | undefined> {
    this.#unopened.delete(path);
    try {
      const opened = await this.decrypt(this.placeOf(path), sealed);
      if (!opened && isReported)
        this.report(
          `STATE_FILE ${path} was ignored: it was encrypted with another key, changed or moved`,
          path,
        );
      return opened;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#unopened.set(path, error);
      if (!isReported) return undefined;
      // Reported once for all files.
      if (!this.#isKeyFailureReported) this.report(error.oneLine);
      this.#isKeyFailureReported = true;
      return undefined;
    }
  }

  private async decrypt<Entry>(place: string, sealed: Sealed<Entry>): Promise<Entry | undefined> {
    const key = await this.keyToRead();
    const opened = await openEntry(sealed, place, key);
    if (opened) return opened;
    const successor = await this.key.successorOf(key);
    return successor && openEntry(sealed, place, successor);
  }

  /** With `store: file`, the key is needed only for files that are still encrypted. */
  private async keyToRead(): Promise<Uint8Array> {
    if (this.wanted !== "file" && (await this.mustEncrypt())) return this.requireKey();
    try {
      return await this.key.get();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const what = `files in the state folder that are still encrypted can't be read: ${error.message}`;
      throw new Failure(error.code, what, "start the keychain and unlock it", { cause: error });
    }
  }

  private async requireKey(): Promise<Uint8Array> {
    try {
      return await this.key.get();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const what = `ECR tokens can't be stored: config.yaml requires encryption with a key from the keychain, and ${error.message}`;
      const fix = 'start the keychain and unlock it, or set "store: file" in config.yaml';
      throw new Failure(error.code, what, fix, { cause: error });
    }
  }

  private placeOf(path: string): string {
    return path.slice(this.state.length);
  }
}

function isSealed<Entry>(entry: Entry | Sealed<Entry>): entry is Sealed<Entry> {
  return typeof entry === "object" && entry !== null && "sealed" in entry;
}
