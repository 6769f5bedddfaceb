import { Failure } from "../../token/failure.ts";
import { inspectFile } from "../files/inspect.ts";
import { tokenKeyFailurePath } from "../files/paths.ts";
import { removeState, writeState } from "../files/write.ts";
import { isKeychainCode, keychainFailure } from "../keychain/keychain.ts";

interface Trouble {
  readonly at: number;
  readonly failure: Failure;
}

/**
 * When and why the keychain did not return the key of the encrypted tokens: of a build's many gets only one asks a
 * keychain that hangs, or that prompts for a password.
 */
export class TokenKeyFailure {
  #own: Trouble | undefined;
  #heededSince = Number.NEGATIVE_INFINITY;

  /**
   * @param state the state folder, where other processes read the failure
   * @param patience milliseconds for which a failure is remembered
   */
  constructor(
    private readonly state: string,
    private readonly now: () => number,
    private readonly patience: number,
  ) {}

  /** Ignores failures before this moment. */
  ignoreEarlierFailures(): void {
    this.#heededSince = this.now();
  }

  lately(): Promise<Failure | undefined> {
    return this.since(Math.max(this.now() - this.patience + 1, this.#heededSince));
  }

  /** @param start milliseconds since the epoch */
  async since(start: number): Promise<Failure | undefined> {
    const counts = (at: number) => at <= this.now() && at >= start;
    if (this.#own && counts(this.#own.at)) return this.#own.failure;
    const found = await inspectFile(tokenKeyFailurePath(this.state));
    if (found.kind !== "text") return undefined;
    try {
      const { at, code, what } = JSON.parse(found.text);
      return counts(at) && isKeychainCode(code) ? keychainFailure(code, String(what)) : undefined;
    } catch {
      return undefined;
    }
  }

  /** For this process only. */
  keep(failure: Failure): void {
    this.#own = { at: this.now(), failure };
  }

  /** For other processes, if the keychain itself is the cause. */
  async note(error: unknown): Promise<void> {
    if (!(error instanceof Failure) || !isKeychainCode(error.code)) return;
    const note = { format: 1, at: this.now(), code: error.code, what: error.message };
    await writeState(this.state, tokenKeyFailurePath(this.state), note).catch(() => undefined);
  }

  async over(): Promise<void> {
    await removeState(tokenKeyFailurePath(this.state)).catch(() => undefined);
  }
}
