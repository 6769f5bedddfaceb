import type { Environment } from "../token/dependencies.ts";

/** What a command for people gets. */
export interface Context {
  readonly env: Environment;
  /** Undefined for a user without a home folder. */
  readonly home: string | undefined;
  /** Variables of a debugger's that the program was started with, and has taken out of `env`. */
  readonly debuggers?: readonly string[];
  print(text: string): void;
  /** One line on stderr. */
  printError(text: string): void;
  /** Sets the exit code of a command that has told by itself what is wrong. */
  exitWith(code: number): void;
}
