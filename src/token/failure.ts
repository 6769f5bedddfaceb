import type { FailureCode } from "./failure-codes.ts";
import { oneLine } from "./printable.ts";

/** What is kept of a failure until somebody asks: each as in `Failure`. */
export interface FailureNote {
  readonly code: string;
  readonly what: string;
  readonly mend: string;
}

/** Why something could not be done, told so that a tired engineer can mend it. */
export class Failure extends Error {
  /** Stable, upper case with underscores, documented: scripts may key on it. */
  readonly code: FailureCode;
  /** What to do about it, without a full stop: a command where there is one. */
  readonly mend: string;

  /**
   * @param what what failed, for whom (identity, registry) and why; no secret, one line
   * @param options.cause the error underneath, kept for logs, which redact it
   */
  constructor(code: FailureCode, what: string, mend: string, options?: { cause?: unknown }) {
    super(what, options);
    this.name = "Failure";
    this.code = code;
    this.mend = mend;
  }

  /** @param note may be of another version, with a code that this one does not have */
  static from({ code, what, mend }: FailureNote): Failure {
    return new Failure(code as FailureCode, what, mend);
  }

  /** The one line a client shows its user. Never the words that Docker takes for "not found". */
  get oneLine(): string {
    return oneLine(`${this.message}: ${this.mend} [${this.code}]`).replace(
      /credentials not found in native keychain/gi,
      "credentials not found",
    );
  }
}
