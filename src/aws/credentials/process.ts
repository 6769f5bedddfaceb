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
 * The credentials that a `credential_process` prints. It is started by its words, as the AWS CLI does, or by a
 * shell, as the SDKs for Go and JavaScript do, where it has what only a shell understands; ends with the session's signal, and starts without the variables that would make a Bun program of ours out of
 * another one (BUN_OPTIONS, BUN_BE_BUN).
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 *
 * @throws Failure PROCESS_UNTRUSTED where another user could have written the command; SourceError, whose cause holds neither the command nor what it printed: both may hold secrets
 */
export async function processCredentials(session: Session, source: ProcessSource): Promise<AwsCredentials> {
  await mustBeTrusted(session, source);
  session.waitingFor = {
    what: `the credential_process of profile ${source.profile}`,
    fix: "run its command by hand and see why it does not end",
  };
  try {
    return parse(await run(session, onOneLine(source.command)), session.now());
  } catch (error) {
    throw SourceError.of(source, error);
  }
}

/** Root with another user's HOME would run that user's commands. */
async function mustBeTrusted(
  { refuseFile }: Session,
  { path, profile, where }: ProcessSource,
): Promise<void> {
  const refusal = await refuseFile(path);
  if (!refusal) return;
  const what = `the credential_process of profile ${profile} (${where}) is not run: ${refusal.why}`;
  throw new Failure("PROCESS_UNTRUSTED", what, refusal.fix);
}

/** A value may go on in the next line, and for the AWS CLI a line end is a blank between two words. */
const onOneLine = (command: string) => command.replace(/[\r\n]+/g, " ");

async function run({ env, signal }: Session, command: string): Promise<string> {
  const child = start(command, env);
  try {
    const late = () => new Error("it did not end in time");
    const { stdout, exitCode } = await within(signal, outputOf(child), late);
    if (exitCode === 0) return stdout;
    throw new Error(child.signalCode ? `ended by ${child.signalCode}` : `exit code ${exitCode}`);
  } finally {
    if (child.exitCode === null && child.signalCode === null) endTree(child.pid);
  }
}

/** Its stdin is empty: a program that reads it must not wait for an answer that never comes. */
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
    // A script without a first line that names its interpreter: the system leaves it to the shell.
    if ((error as { code?: string }).code !== "ENOEXEC")
      throw new Error("it could not be started", { cause: error });
  }
  try {
    return startShell(command, env, options);
  } catch (cause) {
    throw new Error("it could not be started", { cause });
  }
}

/** Variables, pipes, redirections, several commands, home folders, and a variable that is set for the command. */
const ofShell = /[$`|<>]|&&|;(?:\s|$)|(?:^|\s)~|^\s*\w+=/;

/** What is escaped or in single quotes is no sign for a shell either. */
const withoutQuoted = (command: string) => command.replace(/\\.|'[^']*'/g, "");

/**
 * The program and its arguments; undefined for what a shell has to read: a command that has such signs, or one whose
 * first word is no program, but one of the shell's own words.
 */
function wordsToRun(command: string, env: Environment): string[] | undefined {
  if (process.platform === "win32" || ofShell.test(withoutQuoted(command))) return undefined;
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
  if (!printed) throw new Error("what it printed is not JSON");
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = printed;
  if (Version !== 1) throw new Error("what it printed is not of Version 1");
  if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string") {
    throw new Error("what it printed lacks AccessKeyId or SecretAccessKey");
  }
  const expiration = Expiration ? new Date(String(Expiration)) : undefined;
  if (expiration && expiration.getTime() < now) throw new Error("what it printed has expired");
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(typeof SessionToken === "string" && SessionToken && { sessionToken: SessionToken }),
    ...(expiration && !Number.isNaN(expiration.getTime()) && { expiration }),
  };
}
