import assert from "node:assert/strict";

export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined if a signal ended it, as after the time limit. */
  readonly exitCode: number | undefined;
  /** The command and its output, for a failed assertion. */
  readonly story: string;
}

export interface RunOptions {
  readonly env: Readonly<Record<string, string>>;
  /** stdin; empty by default. */
  readonly input?: string;
  readonly cwd?: string;
  /** In milliseconds. */
  readonly timeLimit?: number;
}

/** In milliseconds. A command that hangs must fail its test, not the whole run. */
const usualLimit = 40_000;

/** Runs a program in exactly the given environment, whose PATH contains it. */
export async function run(
  command: readonly string[],
  { env, input, cwd, timeLimit = usualLimit }: RunOptions,
): Promise<Result> {
  const [program = "", ...args] = command;
  const path = Bun.which(program, { PATH: env["PATH"] ?? "" });
  if (path === null) throw new Error(`no ${program} on ${env["PATH"]}`);
  const child = Bun.spawn([path, ...args], {
    env,
    ...(cwd === undefined ? {} : { cwd }),
    stdin: input === undefined ? "ignore" : Buffer.from(input),
    stdout: "pipe",
    stderr: "pipe",
    timeout: timeLimit,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  await child.exited;
  const exitCode = child.exitCode ?? undefined;
  const story = `${command.join(" ")}\nexit code ${exitCode}\n--- stdout\n${stdout}--- stderr\n${stderr}`;
  return { stdout, stderr, exitCode, story };
}

export function succeeded(result: Result): Result {
  assert.equal(result.exitCode, 0, result.story);
  return result;
}

/** @param reason a text that the command must have printed, on either stream */
export function failed(result: Result, reason: RegExp): Result {
  assert.notEqual(result.exitCode, 0, result.story);
  assert.notEqual(result.exitCode, undefined, result.story);
  assert.match(result.stdout + result.stderr, reason, result.story);
  return result;
}
