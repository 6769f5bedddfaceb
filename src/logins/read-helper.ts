import type { Login } from "../clients/docker/login.ts";
import { ownProgram } from "../process/own-program.ts";
import { onlyOthers } from "../protocol/other-logins.ts";
import { DelegatedReply } from "../protocol/reply.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { delegate, errorFrom } from "./delegate.ts";
import { findOtherHelper, runOtherHelper } from "./run-helper.ts";

/** Milliseconds for one request: a user may have to unlock the other helper's store. */
const limit = 60_000;

/**
 * All logins of another credential helper except those to ECR registries, by server.
 *
 * @throws Failure IMPORT_SOURCE if it can't list all of them
 */
export async function loginsOfHelper(name: string, env: Environment): Promise<ReadonlyMap<string, Login>> {
  const options = { env, self: ownProgram().path, limit };
  const program = `docker-credential-${name}`;
  const logins = new Map<string, Login>();
  try {
    const path = findOtherHelper(name, options);
    const helper = delegate((action, input) => runOtherHelper(path, action, input, options), program);
    for (const server of Object.keys(onlyOthers(await helper.list()))) {
      const login = await helper.get(server);
      if (login && login.secret !== "") logins.set(server, login);
    }
  } catch (error) {
    throw importFailure(program, error);
  }
  return logins;
}

function importFailure(program: string, error: unknown): unknown {
  const fix = "fix that, or leave its logins where they are: name registries instead of --import";
  const failure = (why: string) =>
    new Failure("IMPORT_SOURCE", `the logins of ${program} can't be read: ${why}`, fix, { cause: error });
  if (error instanceof DelegatedReply) return failure(errorFrom(error));
  if (!(error instanceof Failure)) return error;
  switch (error.code) {
    case "FALLBACK_MISSING":
      return failure("it is not on the PATH");
    case "FALLBACK_ITSELF":
      return failure("it is this program, or calls it");
    case "FALLBACK_ANSWER":
      return failure("it did not answer with JSON of Docker's protocol");
    default:
      return failure(error.message);
  }
}
