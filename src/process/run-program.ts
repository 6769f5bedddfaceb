import { within } from "../limits/concurrency.ts";
import { outputOf } from "../limits/program-output.ts";
import type { Environment } from "../token/dependencies.ts";
import { absoluteFolders } from "./path-folders.ts";

/** The result of a system program. */
export interface ProgramResult {
  /** Undefined: there is no such program, or it exceeded the time limit. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** The first line that it printed on stderr, else on stdout. */
  readonly message: string;
  readonly isMissing: boolean;
}

export type RunProgram = (program: string, args: readonly string[], limit?: number) => Promise<ProgramResult>;

/** Returns a function that runs programs on the PATH in an environment, with messages in English. It never rejects. */
export function programsOf(env: Environment): RunProgram {
  return async (program, args, limit = 20_000) => {
    const child = start([program, ...args], env);
    if (!child) return { exitCode: undefined, stdout: "", message: "", isMissing: true };
    const timeout = () => new Error(`${program} did not end in time`);
    const ended = await within(AbortSignal.timeout(limit), outputOf(child), timeout).catch(() => undefined);
    if (child.exitCode === null) child.kill("SIGKILL");
    const { stdout = "", stderr = "", exitCode } = ended ?? {};
    const message = (stderr || stdout).trim().split("\n", 1)[0] ?? "";
    return {
      exitCode: child.signalCode ? undefined : exitCode,
      stdout: stdout.trim(),
      message,
      isMissing: false,
    };
  };
}

function start([program = "", ...args]: string[], env: Environment) {
  const english = { ...env, LC_ALL: "C", SYSTEMD_PAGER: "", SYSTEMD_COLORS: "0" };
  const path = program.includes("/")
    ? program
    : Bun.which(program, { PATH: absoluteFolders(env.PATH).join(":") });
  if (!path) return undefined;
  try {
    return Bun.spawn([path, ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe", env: english });
  } catch {
    return undefined;
  }
}
