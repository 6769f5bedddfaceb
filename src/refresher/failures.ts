import { Failure } from "../token/failure.ts";
import { foreignError } from "../token/foreign-text.ts";

/** @param what took too long */
export function timeoutFailure(what: string): Failure {
  return new Failure(
    "REFRESH_TIMEOUT",
    what,
    "see whether a credential_process, the network or the disk hangs",
  );
}

/** @param what failed; used unless the error is a `Failure`, which names it */
export function toFailure(error: unknown, what: string): Failure {
  if (error instanceof Failure) return error;
  return new Failure(
    "UNEXPECTED",
    `${what}: ${foreignError(error)}`,
    "if it stays, report this line as a bug",
    {
      cause: error,
    },
  );
}
