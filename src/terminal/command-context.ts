import type { Environment } from "../token/dependencies.ts";
import type { Failure } from "../token/failure.ts";

/** The environment and the output of a command. */
export interface Context {
  readonly env: Environment;
  /** Undefined for a user without a home folder. */
  readonly home: string | undefined;
  /** Debugger variables that the program was started with; `env` no longer contains them. */
  readonly debuggers?: readonly string[];
  print(text: string): void;
  /** One line on stderr. */
  printError(text: string): void;
  /** On stderr: several lines on a terminal, else one. */
  printFailure(failure: Failure): void;
  /** Sets the exit code of a command that has already printed the problem. */
  exitWith(code: number): void;
}
