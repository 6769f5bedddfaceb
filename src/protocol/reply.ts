import { Failure } from "../token/failure.ts";
import { cutForeign, withoutControls } from "../token/printable.ts";

/** How a call ends. Both texts end with a line end or are empty. */
export interface Reply {
  /** Errors too: clients read nothing else. */
  readonly stdout: string;
  /**
   * A failure once more, for the person: `docker pull` and `docker login` drop what a helper says on
   * stdout, go on without credentials and show that instead, but pass its stderr to the terminal. Empty
   * on success, where older testcontainers take it for a part of the answer, and with the wire's own words.
   */
  readonly stderr: string;
  readonly exitCode: 0 | 1;
}

/** Another helper's own refusal, which its client gets as it is: its start, without control characters, and with a line end. */
export class HandedBack extends Error {
  readonly reply: Reply;

  constructor({ stdout, stderr }: Pick<Reply, "stdout" | "stderr">) {
    super("another helper refused");
    this.reply = { stdout: ended(stdout), stderr: ended(stderr), exitCode: 1 };
  }
}

function ended(words: string): string {
  const text = withoutControls(cutForeign(words));
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

export const done: Reply = { stdout: "", stderr: "", exitCode: 0 };

export function line(text: string): Reply {
  return { stdout: `${text}\n`, stderr: "", exitCode: 0 };
}

export function refuse(text: string): Reply {
  return { stdout: `${text}\n`, stderr: "", exitCode: 1 };
}

/** An error in one line, for the client and for the person. */
export function told(error: unknown): Reply {
  if (error instanceof HandedBack) return error.reply;
  const { oneLine } = error instanceof Failure ? error : unexpected(error);
  return { ...refuse(oneLine), stderr: `docker-credential-ecr: ${oneLine}\n` };
}

function unexpected(error: unknown): Failure {
  const name = error instanceof Error ? error.name : typeof error;
  return new Failure(
    "INTERNAL",
    `an error that nobody foresaw (${name})`,
    "please report it with the log of the state folder",
    { cause: error },
  );
}
