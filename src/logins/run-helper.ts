import { existsSync, realpathSync } from "node:fs";
import type { Subprocess } from "bun";
import { within } from "../limits/concurrency.ts";
import { OutputTooLarge, outputOf } from "../limits/program-output.ts";
import { endTree } from "../process/kill-tree.ts";
import { absoluteFolders } from "../process/path-folders.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";

/** The result of a call of another credential helper. */
export interface HelperReply {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: 0 | 1;
}

export interface OtherHelperOptions {
  readonly env: Environment;
  /** The path of this program, which is never used as the other helper. */
  readonly self: string;
  /** Milliseconds. */
  readonly limit: number;
}

/** Set for the other helper: if it calls this program, this program refuses, instead of a call that never ends. */
const recursionMark = "DOCKER_CREDENTIAL_ECR_FALLBACK";

/**
 * Finds `docker-credential-NAME` on the PATH without its relative folders: Docker starts helpers in any folder, and
 * another user who can write there would get the passwords.
 *
 * @throws Failure FALLBACK_MISSING, FALLBACK_ITSELF
 */
export function findOtherHelper(name: string, { env, self }: OtherHelperOptions): string {
  const program = `docker-credential-${name}`;
  const path = Bun.which(program, { PATH: absoluteFolders(env.PATH).join(":") });
  if (path === null) {
    throw new Failure(
      "FALLBACK_MISSING",
      `${program}, the fallback of config.yaml for hosts outside ECR, is not on the PATH`,
      "install it, or set another fallback",
    );
  }
  const isSelf = existsSync(self) && realpathSync(path) === realpathSync(self);
  if (isSelf || env[recursionMark] !== undefined) {
    throw new Failure(
      "FALLBACK_ITSELF",
      `${program}, the fallback of config.yaml, is this program, or calls it`,
      "set the fallback to keychain, file, none or the name of another helper",
    );
  }
  return path;
}

/**
 * Calls another helper with Docker's protocol, and ends it if it hangs.
 *
 * @param program from `findOtherHelper`
 * @throws Failure FALLBACK_TIMEOUT, FALLBACK_FAILED if it could not be started, or failed without a message
 */
export async function runOtherHelper(
  program: string,
  action: string,
  input: string,
  { env, limit }: OtherHelperOptions,
): Promise<HelperReply> {
  const child = start(program, action, input, env);
  const timeout = () =>
    new Failure(
      "FALLBACK_TIMEOUT",
      `${program} ${action} did not end within ${limit / 1000} seconds`,
      `run '${program} list' to see whether it waits for a passphrase`,
    );
  try {
    const { stdout, stderr, exitCode } = await within(AbortSignal.timeout(limit), outputOf(child), timeout);
    if (exitCode !== 0 && `${stdout}${stderr}`.trim() === "") throw silentFailure(program, action, child);
    // Every failure becomes exit code 1: some clients don't know other codes, and read stdout as an answer.
    return { stdout, stderr: exitCode === 0 ? "" : stderr, exitCode: exitCode === 0 ? 0 : 1 };
  } catch (error) {
    if (!(error instanceof OutputTooLarge)) throw error;
    const what = `${program} ${action} is not a credential helper: ${error.message}`;
    throw new Failure("FALLBACK_FAILED", what, `run '${program} list' to see the error`);
  } finally {
    if (child.exitCode === null && child.signalCode === null) endTree(child.pid);
  }
}

function silentFailure(program: string, action: string, { signalCode, exitCode }: Subprocess): Failure {
  const how = signalCode ? `was ended by ${signalCode}` : `ended with exit code ${exitCode}`;
  const what = `${program} ${action} ${how} and printed nothing`;
  return new Failure("FALLBACK_FAILED", what, `run '${program} list' to see the error`);
}

function start(program: string, action: string, input: string, env: Environment) {
  // BUN_OPTIONS and similar variables would load code into a helper that is a Bun program.
  const safe = Object.entries(env).filter(([name]) => !name.startsWith("BUN_"));
  try {
    return Bun.spawn([program, action], {
      stdin: Buffer.from(input),
      stdout: "pipe",
      stderr: "pipe",
      env: { ...Object.fromEntries(safe), [recursionMark]: "1" },
    });
  } catch (error) {
    const code = (error as { code?: string }).code ?? "unknown error";
    throw new Failure(
      "FALLBACK_FAILED",
      `${program} could not be started (${code})`,
      `check it with 'ls -l ${program}'`,
      {
        cause: error,
      },
    );
  }
}
