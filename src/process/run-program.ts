import { within } from "../limits/concurrency.ts";
import { outputOf } from "../limits/program-output.ts";
import type { Environment } from "../token/dependencies.ts";

/** How a system program ended. */
export interface Ended {
  /** Undefined: there is no such program, or it exceeded the time limit. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** What it printed, as one line for the user. */
  readonly said: string;
  readonly isMissing: boolean;
}

export type RunProgram = (program: string, args: readonly string[], limit?: number) => Promise<Ended>;

/** Returns a function that runs programs on the PATH in an environment, with messages in English. It never rejects. */
export function programsOf(env: Environment): RunProgram {
  return async (program, args, limit = 20_000) => {
    const child = start([program, ...args], env);
    if (!child) return { exitCode: undefined, stdout: "", said: "", isMissing: true };
    const late = () => new Error(`${program} did not end in time`);
    const ended = await within(AbortSignal.timeout(limit), outputOf(child), late).catch(() => undefined);
    if (child.exitCode === null) child.kill("SIGKILL");
    const { stdout = "", stderr = "", exitCode } = ended ?? {};
    const said = (stderr || stdout).trim().split("\n", 1)[0] ?? "";
    return {
      exitCode: child.signalCode ? undefined : exitCode,
      stdout: stdout.trim(),
      said,
      isMissing: false,
    };
  };
}

function start(command: string[], env: Environment) {
  const english = { ...env, LC_ALL: "C", SYSTEMD_PAGER: "", SYSTEMD_COLORS: "0" };
  try {
    return Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe", env: english });
  } catch {
    return undefined;
  }
}
