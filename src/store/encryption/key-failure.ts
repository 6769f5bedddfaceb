import { Failure } from "../../token/failure.ts";
import { inspectFile } from "../files/inspect.ts";
import { tokenKeyFailurePath } from "../files/paths.ts";
import { removeState, writeState } from "../files/write.ts";
import { isKeychainCode, keychainFailure } from "../keychain/keychain.ts";

interface TimedFailure {
  readonly at: number;
  readonly failure: Failure;
}

/**
 * The last failure to get the key of the encrypted tokens from the keychain. It is remembered so that only one of a
 * build's many gets calls a keychain that hangs or prompts for a password.
 */
export class TokenKeyFailure {
  #own: TimedFailure | undefined;
  #ignoredBefore = Number.NEGATIVE_INFINITY;

  /**
   * @param state the state folder, where other processes read the failure
   * @param cooldown milliseconds for which a failure is remembered
   */
  constructor(
    private readonly state: string,
    private readonly now: () => number,
    private readonly cooldown: number,
  ) {}

  /** Ignores failures before this moment. */
  ignoreEarlierFailures(): void {
    this.#ignoredBefore = this.now();
  }

  /** The failure, if the cooldown has not ended. */
  recent(): Promise<Failure | undefined> {
    return this.since(Math.max(this.now() - this.cooldown + 1, this.#ignoredBefore));
  }

  /** The failure, if it is not older. @param start milliseconds since the epoch */
  async since(start: number): Promise<Failure | undefined> {
    const isInPeriod = (at: number) => at <= this.now() && at >= start;
    if (this.#own && isInPeriod(this.#own.at)) return this.#own.failure;
    const file = await inspectFile(tokenKeyFailurePath(this.state));
    if (file.kind !== "text") return undefined;
    try {
      const { at, code, what } = JSON.parse(file.text);
      return isInPeriod(at) && isKeychainCode(code) ? keychainFailure(code, String(what)) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Remembers a failure in this process. */
  remember(failure: Failure): void {
    this.#own = { at: this.now(), failure };
  }

  /** Records a failure for other processes, if the keychain is the cause. */
  async record(error: unknown): Promise<void> {
    if (!(error instanceof Failure) || !isKeychainCode(error.code)) return;
    const content = { format: 1, at: this.now(), code: error.code, what: error.message };
    await writeState(this.state, tokenKeyFailurePath(this.state), content).catch(() => undefined);
  }

  /** Removes the recorded failure. */
  async clear(): Promise<void> {
    await removeState(tokenKeyFailurePath(this.state)).catch(() => undefined);
  }
}
