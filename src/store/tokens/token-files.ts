import { withoutChecksum } from "../../token/checksum.ts";
import type { FailureEntry, LogoutEntry, Sealed } from "../../token/entry.ts";
import { formatEntry, type SecretEntry } from "../../token/entry-text.ts";
import { Failure } from "../../token/failure.ts";
import { type AtRest, readAtRest } from "../encryption/mode.ts";
import { nonceLength } from "../encryption/seal.ts";
import { openEntry, sealEntry } from "../encryption/sealed-entry.ts";
import { inspectFile } from "../files/inspect.ts";
import { removeDamaged } from "../files/remove-damaged.ts";
import type { ReportFile } from "../files/report-once.ts";
import { removeState, writeState } from "../files/write.ts";
import { keychainFailure } from "../keychain/keychain.ts";

/** The key of encrypted tokens, wherever it lies. */
export interface TokenKeyPort {
  /** A new one where there is none. @throws Failure KEYCHAIN_… */
  get(): Promise<Uint8Array>;
  /** The key that has taken the place of `former`, which does not open a file; undefined where none can be had. */
  successorOf(former: Uint8Array): Promise<Uint8Array | undefined>;
  /** What this process knows of it counts no more. */
  lookAnew(): Promise<void>;
  /** What has failed before is no reason any more not to ask. */
  tryAgain(): Promise<void>;
  /** Removes it. @throws Failure KEYCHAIN_… */
  forget(): Promise<void>;
}

/** For who has no keychain to ask. */
export const noTokenKey: TokenKeyPort = {
  get: async () => {
    throw keychainFailure("KEYCHAIN_UNREACHABLE", "no keychain was asked");
  },
  successorOf: async () => undefined,
  lookAnew: async () => {},
  tryAgain: async () => {},
  forget: async () => {},
};

/** Files with a secret in each, in plain or encrypted as `at-rest.json` says. */
export class TokenFiles {
  /** What had to be removed from the disk and could not be encrypted: it serves this process. */
  readonly #unkept = new Map<string, object>();
  #told = false;
  /** What config.yaml says, for the case that the mark could not be written. */
  wanted: AtRest | undefined;

  constructor(
    private readonly state: string,
    private readonly key: TokenKeyPort,
    private readonly report: ReportFile,
    private readonly inspect: typeof inspectFile = inspectFile,
  ) {}

  /** Never fails: what is no good is told to `report` and counts as absent. */
  async read<Entry extends object>(
    path: string,
    parse: (text: string) => Entry | Sealed<Entry> | undefined,
    { removesDamaged = false } = {},
  ): Promise<Entry | undefined> {
    const unkept = this.#unkept.get(path);
    if (unkept) return unkept as Entry;
    const found = await this.inspect(path);
    if (found.kind === "absent") return undefined;
    const entry = found.kind === "text" ? parse(found.text) : undefined;
    if (entry === undefined) {
      const isIntact = found.kind === "text" && withoutChecksum(found.text) !== undefined;
      const unreadable = `${isIntact ? "" : "damaged, or "}not a file that this version writes`;
      this.report(
        `STATE_FILE ${path} was left aside: ${found.kind === "refused" ? found.why : unreadable}`,
        path,
      );
      if (removesDamaged && found.kind === "text" && !isIntact) await removeDamaged(this.state, path);
      return undefined;
    }
    return isSealed(entry) ? this.open(path, entry) : entry;
  }

  /** @throws Failure STATE_FOLDER, STATE_WRITE, and KEYCHAIN_… where it may not be written in plain */
  async write(path: string, entry: SecretEntry | LogoutEntry | FailureEntry): Promise<void> {
    if ("endpoint" in entry) return writeState(this.state, path, JSON.stringify(entry));
    if ("loggedOutAt" in entry) return writeState(this.state, path, formatEntry(entry));
    if (!(await this.isToBeSealed())) {
      await writeState(this.state, path, formatEntry(entry));
      // The config may have changed between the two.
      if (!(await this.isToBeSealed())) return;
      await removeState(path);
    }
    const nonce = crypto.getRandomValues(new Uint8Array(nonceLength));
    const sealed = await sealEntry(entry, this.placeOf(path), await this.mustHaveKey(), nonce);
    await writeState(this.state, path, formatEntry(sealed));
    this.#unkept.delete(path);
  }

  /** Removes a file, and keeps what is in it for this process. */
  async unkeep(path: string, entry: object): Promise<void> {
    await removeState(path);
    this.#unkept.set(path, entry);
  }

  async remove(path: string): Promise<boolean> {
    const isUnkept = this.#unkept.delete(path);
    return (await removeState(path)) || isUnkept;
  }

  /** Makes sure that a secret could be written. @throws Failure KEYCHAIN_… */
  async mustKeep(): Promise<void> {
    if (await this.isToBeSealed()) await this.mustHaveKey();
  }

  private async isToBeSealed(): Promise<boolean> {
    return this.wanted === "keychain" || (await readAtRest(this.state)).store === "keychain";
  }

  /** What an encrypted file holds; undefined as for `read`. */
  async open<Entry>(path: string, sealed: Sealed<Entry>): Promise<Entry | undefined> {
    try {
      const opened = await this.openAsKeyed(this.placeOf(path), sealed);
      if (!opened)
        this.report(
          `STATE_FILE ${path} was left aside: its key is another, or it was changed or moved`,
          path,
        );
      return opened;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // Once for all of them.
      if (!this.#told) this.report(error.oneLine);
      this.#told = true;
      return undefined;
    }
  }

  private async openAsKeyed<Entry>(place: string, sealed: Sealed<Entry>): Promise<Entry | undefined> {
    const key = await this.mustHaveKey();
    const opened = await openEntry(sealed, place, key);
    if (opened) return opened;
    const successor = await this.key.successorOf(key);
    return successor && openEntry(sealed, place, successor);
  }

  private async mustHaveKey(): Promise<Uint8Array> {
    try {
      return await this.key.get();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const what = `ECR tokens can't be kept: they are to be encrypted with a key from the keychain, and ${error.message}`;
      const mend = 'start the keychain and unlock it, or write "store: file" into config.yaml';
      throw new Failure(error.code, what, mend, { cause: error });
    }
  }

  private placeOf(path: string): string {
    return path.slice(this.state.length);
  }
}

function isSealed<Entry>(entry: Entry | Sealed<Entry>): entry is Sealed<Entry> {
  return typeof entry === "object" && entry !== null && "sealed" in entry;
}
