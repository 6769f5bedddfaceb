import { Failure } from "../token/failure.ts";
import { cutForeign, withoutControls } from "../token/printable.ts";
import { protocolText } from "./messages.ts";

/** The result of a call. Each text ends with a line end or is empty. */
export interface Reply {
  /** Errors too: clients read nothing else. */
  readonly stdout: string;
  /**
   * A failure is repeated here for the user: `docker pull` and `docker login` ignore a helper's stdout and continue
   * without credentials, but show its stderr on the terminal. Empty with the protocol's own messages, and on
   * success, since older testcontainers read it as part of the answer; except if a stored login could not be used.
   */
  readonly stderr: string;
  readonly exitCode: 0 | 1;
  /** For a failure of this program: a terminal shows it in several lines. */
  readonly failure?: Failure;
}

/**
 * The refusal of another helper, which is passed on to the client: at most 2,048 characters, without control characters,
 * with a line end.
 */
export class DelegatedReply extends Error {
  readonly reply: Reply;

  constructor({ stdout, stderr }: Pick<Reply, "stdout" | "stderr">) {
    super("another helper refused");
    this.reply = { stdout: withLineEnd(stdout), stderr: withLineEnd(stderr), exitCode: 1 };
  }
}

/**
 * A `get` for ECR that failed. The client gets Docker's text for "no credentials" on stdout, and the reason on stderr:
 * many clients first request every login that they know of, and another error would also end a command that does not need
 * ECR, or a `podman login` with a new login.
 */
export class LoginMissing extends Error {
  /** @param isRepeated whether the client was shown the reason a moment ago: then stderr is empty */
  constructor(
    cause: unknown,
    readonly isRepeated: boolean,
  ) {
    super("get failed", { cause });
  }
}

function withLineEnd(message: string): string {
  const text = withoutControls(cutForeign(message));
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

export const done: Reply = { stdout: "", stderr: "", exitCode: 0 };

export function line(text: string): Reply {
  return { stdout: `${text}\n`, stderr: "", exitCode: 0 };
}

export function refuse(text: string): Reply {
  return { stdout: `${text}\n`, stderr: "", exitCode: 1 };
}

/** An error as one line, for the client and for the user. */
export function toReply(error: unknown): Reply {
  if (error instanceof DelegatedReply) return error.reply;
  if (error instanceof LoginMissing) {
    const reply = { ...toReply(error.cause), stdout: `${protocolText.notFound}\n` };
    return error.isRepeated ? { ...reply, stderr: "" } : reply;
  }
  const failure = error instanceof Failure ? error : unexpected(error);
  const { oneLine } = failure;
  return { ...refuse(oneLine), stderr: `docker-credential-ecr: ${oneLine}\n`, failure };
}

function unexpected(error: unknown): Failure {
  const name = error instanceof Error ? error.name : typeof error;
  return new Failure(
    "INTERNAL",
    `an unexpected error (${name})`,
    "report it as a bug, with the log in the state folder",
    { cause: error },
  );
}
