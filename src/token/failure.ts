import type { FailureCode } from "./failure-codes.ts";
import { oneLine } from "./printable.ts";

/** The parts of the message of a failure that concerns an identity. */
export interface FailureParts {
  /** "no ECR token for HOST" */
  readonly summary: string;
  /** "profile ci, /home/me/.config/docker-credential-ecr/config.yaml:4" */
  readonly identity: string;
  readonly reason: string;
}

/** A stored failure, for a command that shows it later. The fields are those of `Failure`. */
export interface FailureNote {
  readonly code: string;
  readonly what: string;
  readonly fix: string;
}

/** Why something could not be done, and how to fix it. */
export class Failure extends Error {
  /** Stable, upper case with underscores, documented: scripts may depend on it. */
  readonly code: FailureCode;
  /** How to fix it, without a full stop: a command if there is one. */
  readonly fix: string;
  /** Absent if the message does not concern an identity. */
  readonly parts: FailureParts | undefined;

  /**
   * @param what what failed, for which identity and registry, and why: one line without secrets
   * @param options.cause the original error, for logs, which redact it
   */
  constructor(code: FailureCode, what: string | FailureParts, fix: string, options?: { cause?: unknown }) {
    super(typeof what === "string" ? what : joined(what), options);
    this.name = "Failure";
    this.code = code;
    this.fix = fix;
    this.parts = typeof what === "string" ? partsOf(what) : what;
  }

  /** @param note another version of this program may have stored it, with a code that this one does not know */
  static from({ code, what, fix }: FailureNote): Failure {
    return new Failure(code as FailureCode, what, fix);
  }

  /** One line for Docker, pipes and logs. Never contains the text that means "not found" to Docker. */
  get oneLine(): string {
    return oneLine(
      `${withFullStop(this.message)} Fix: ${endsInPath(this.fix) ? this.fix : withFullStop(this.fix)} [${this.code}]`,
    ).replace(/credentials not found in native keychain/gi, "credentials not found");
  }
}

function joined({ summary, identity, reason }: FailureParts): string {
  return `${summary} (identity: ${identity}): ${reason}`;
}

const joinedParts = /^(.+?) \(identity: (.+?)\): (.+)$/s;

/** The parts of a stored failure's message; undefined if it concerns no identity. */
export function partsOf(message: string): FailureParts | undefined {
  const [, summary, identity, reason] = joinedParts.exec(message) ?? [];
  return summary === undefined || identity === undefined || reason === undefined
    ? undefined
    : { summary, identity, reason };
}

/** The code at the end of a failure's line. */
export function codeIn(line: string): string | undefined {
  return /\[(\w+)\]$/.exec(line)?.[1];
}

function withFullStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Whether a text ends with a path or URL: a full stop after it would be copied with it. */
function endsInPath(text: string): boolean {
  return /[/\\=]/.test(text.slice(text.lastIndexOf(" ") + 1));
}
