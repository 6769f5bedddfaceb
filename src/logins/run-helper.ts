import { existsSync, realpathSync } from "node:fs";
import type { Subprocess } from "bun";
import { within } from "../limits/concurrency.ts";
import { OutputTooLarge, outputOf } from "../limits/program-output.ts";
import { endTree } from "../process/kill-tree.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";

/** How a call of another credential helper ended. */
export interface HelperReply {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: 0 | 1;
}

export interface OtherHelperOptions {
  readonly env: Environment;
  /** This program's own file: it is never used as the other helper. */
  readonly self: string;
  /** Milliseconds. */
  readonly limit: number;
}

/** Set for the other helper: if it calls this program, this program refuses, instead of an endless circle. */
const circleMark = "DOCKER_CREDENTIAL_ECR_FALLBACK";

/**
 * Finds `docker-credential-NAME` on the PATH without its relative folders: Docker starts helpers in any folder, and a
 * user who can write there would get the passwords.
 *
 * @throws Failure FALLBACK_MISSING, FALLBACK_ITSELF
 */
export function findOtherHelper(name: string, { env, self }: OtherHelperOptions): string {
  const program = `docker-credential-${name}`;
  const path = (env.PATH ?? "")
    .split(":")
    .filter((folder) => folder.startsWith("/"))
    .join(":");
  const found = Bun.which(program, { PATH: path });
  if (found === null) {
    throw new Failure(
      "FALLBACK_MISSING",
      `${program}, the fallback of config.yaml for hosts that are not ECR's, is not on the PATH`,
      "install it, or write another fallback",
    );
  }
  const isSelf = existsSync(self) && realpathSync(found) === realpathSync(self);
  if (isSelf || env[circleMark] !== undefined) {
    throw new Failure(
      "FALLBACK_ITSELF",
      `${program}, the fallback of config.yaml, is this program or asks it in its turn`,
      "write keychain, file, none or the name of another helper",
    );
  }
  return found;
}

/**
 * Calls another helper with Docker's protocol, and ends it if it hangs.
 *
 * @param program from `findOtherHelper`
 * @throws Failure FALLBACK_TIMEOUT, FALLBACK_FAILED if it could not be started, or failed without a message
 */
export async function askOtherHelper(
  program: string,
  action: string,
  input: string,
  { env, limit }: OtherHelperOptions,
): Promise<HelperReply> {
  const child = start(program, action, input, env);
  const late = () =>
    new Failure(
      "FALLBACK_TIMEOUT",
      `${program} ${action} did not end within ${limit / 1000} seconds`,
      "see by hand whether it waits for a passphrase",
    );
  try {
    const { stdout, stderr, exitCode } = await within(AbortSignal.timeout(limit), outputOf(child), late);
    if (exitCode !== 0 && `${stdout}${stderr}`.trim() === "") throw wordless(program, action, child);
    // Every failure becomes exit code 1: some clients don't know other codes, and read stdout as an answer.
    return { stdout, stderr: exitCode === 0 ? "" : stderr, exitCode: exitCode === 0 ? 0 : 1 };
  } catch (error) {
    if (!(error instanceof OutputTooLarge)) throw error;
    const what = `${program} ${action} is no credential helper: ${error.message}`;
    throw new Failure("FALLBACK_FAILED", what, `run '${program} list' by hand`);
  } finally {
    if (child.exitCode === null && child.signalCode === null) endTree(child.pid);
  }
}

function wordless(program: string, action: string, { signalCode, exitCode }: Subprocess): Failure {
  const how = signalCode ? `was ended by ${signalCode}` : `ended with exit code ${exitCode}`;
  const what = `${program} ${action} ${how} and said nothing`;
  return new Failure("FALLBACK_FAILED", what, `run '${program} list' by hand`);
}

function start(program: string, action: string, input: string, env: Environment) {
  // BUN_OPTIONS and similar variables would load code into a helper that is a Bun program.
  const kept = Object.entries(env).filter(([name]) => !name.startsWith("BUN_"));
  try {
    return Bun.spawn([program, action], {
      stdin: Buffer.from(input),
      stdout: "pipe",
      stderr: "pipe",
      env: { ...Object.fromEntries(kept), [circleMark]: "1" },
    });
  } catch (error) {
    const code = (error as { code?: string }).code ?? "unknown error";
    throw new Failure("FALLBACK_FAILED", `${program} could not be started (${code})`, "see 'ls -l' of it", {
      cause: error,
    });
  }
}
