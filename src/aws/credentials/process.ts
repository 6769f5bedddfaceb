import { within } from "../../limits/concurrency.ts";
import { outputOf } from "../../limits/program-output.ts";
import { endTree } from "../../process/kill-tree.ts";
import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import type { ProcessSource } from "../../profiles/credential-source.ts";
import { shellWords } from "../../profiles/shell-words.ts";
import type { Environment } from "../../token/dependencies.ts";
import { Failure } from "../../token/failure.ts";
import type { Session } from "../http/session.ts";
import { jsonObject } from "./json-object.ts";
import { SourceError } from "./source-error.ts";

/**
 * The credentials that a `credential_process` prints. The command is started without a shell, as by the AWS CLI, or if it
 * has shell syntax with a shell, as by the SDKs for Go and JavaScript. It is ended with the session's signal. It does not
 * get Bun's own variables (BUN_OPTIONS, BUN_BE_BUN), which would change another Bun program.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 *
 * @throws Failure PROCESS_UNTRUSTED if another user can write the command; SourceError, whose cause contains neither the
 *   command nor its output, because both may contain secrets
 */
export async function processCredentials(session: Session, source: ProcessSource): Promise<AwsCredentials> {
  await assertTrusted(session, source);
  session.waitingFor = {
    what: `the credential_process of profile ${source.profile}`,
    fix: "run its command by hand to see why it does not end",
  };
  try {
    return parse(await run(session, onOneLine(source.command)), session.now());
  } catch (error) {
    throw SourceError.of(source, error);
  }
}

/** Root with another user's HOME would otherwise run that user's commands. */
async function assertTrusted(
  { refuseFile }: Session,
  { path, profile, where }: ProcessSource,
): Promise<void> {
  const refusal = await refuseFile(path);
  if (!refusal) return;
  const what = `the credential_process of profile ${profile} (${where}) is not run: ${refusal.why}`;
  throw new Failure("PROCESS_UNTRUSTED", what, refusal.fix);
}

/** A value may continue on the next line, and the AWS CLI reads a line end as a blank. */
const onOneLine = (command: string) => command.replace(/[\r\n]+/g, " ");

async function run({ env, signal }: Session, command: string): Promise<string> {
  const child = start(command, env);
  try {
    const timeout = () => new Error("it did not end in time");
    const { stdout, exitCode } = await within(signal, outputOf(child), timeout);
    if (exitCode === 0) return stdout;
    throw new Error(child.signalCode ? `ended by ${child.signalCode}` : `exit code ${exitCode}`);
  } finally {
    if (child.exitCode === null && child.signalCode === null) endTree(child.pid);
  }
}

/** Its stdin is empty, so that a program that reads it does not wait. */
function start(command: string, env: Environment) {
  const inherited = Object.entries(env).filter(([name]) => !name.startsWith("BUN_"));
  const options = {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    env: Object.fromEntries(inherited),
  } as const;
  const words = wordsToRun(command, env);
  try {
    if (words) return Bun.spawn(words, options);
  } catch (error) {
    // A script without an interpreter line: the shell can run it.
    if ((error as { code?: string }).code !== "ENOEXEC")
      throw new Error("it could not be started", { cause: error });
  }
  try {
    return startShell(command, env, options);
  } catch (cause) {
    throw new Error("it could not be started", { cause });
  }
}

/** Shell syntax: variables, pipes, redirections, several commands, home folders, a variable set for the command. */
const shellSyntax = /[$`|<>]|&&|;(?:\s|$)|(?:^|\s)~|^\s*\w+=/;

/** Escaped characters and single-quoted text are not shell syntax. */
const withoutQuoted = (command: string) => command.replace(/\\.|'[^']*'/g, "");

/**
 * The program and its arguments; undefined for a command that needs a shell, because it has shell syntax or begins with a
 * shell builtin instead of a program.
 */
function wordsToRun(command: string, env: Environment): string[] | undefined {
  if (process.platform === "win32" || shellSyntax.test(withoutQuoted(command))) return undefined;
  const [name, ...others] = shellWords(command) ?? [];
  const program = name === undefined ? null : Bun.which(name, { PATH: env.PATH ?? "" });
  return program === null ? undefined : [program, ...others];
}

type Options = Readonly<{
  stdin: "ignore";
  stdout: "pipe";
  stderr: "ignore";
  env: Record<string, string | undefined>;
}>;

function startShell(command: string, env: Environment, options: Options) {
  if (process.platform !== "win32") return Bun.spawn(["/bin/sh", "-c", command], options);
  const shell = [env.ComSpec ?? "cmd.exe", "/d", "/s", "/c", `"${command}"`];
  return Bun.spawn(shell, { ...options, windowsHide: true, windowsVerbatimArguments: true });
}

function parse(text: string, now: number): AwsCredentials {
  const printed = jsonObject(text.trim());
  if (!printed) throw new Error("its output is not JSON");
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = printed;
  if (Version !== 1) throw new Error("its output does not have Version 1");
  if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string") {
    throw new Error("its output lacks AccessKeyId or SecretAccessKey");
  }
  if (SessionToken && typeof SessionToken !== "string") {
    throw new Error("the SessionToken in its output is not a string");
  }
  const expiration = Expiration ? new Date(String(Expiration)) : undefined;
  if (expiration && Number.isNaN(expiration.getTime())) {
    throw new Error("the Expiration in its output is not a time");
  }
  if (expiration && expiration.getTime() < now) throw new Error("the credentials in its output have expired");
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(typeof SessionToken === "string" && SessionToken && { sessionToken: SessionToken }),
    ...(expiration && { expiration }),
  };
}
