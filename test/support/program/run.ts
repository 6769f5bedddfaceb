import { programPath } from "./program.ts";

/** The result of a run of the program. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  /** null: it was ended by a signal. */
  readonly exitCode: number | null;
  readonly tookMs: number;
}

export interface RunOptions {
  /** stdin; empty by default. */
  readonly input?: string | Uint8Array;
  /** The complete environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A command that starts the program: the program and its arguments follow these words. */
  readonly through?: readonly string[];
  /** Another program than the compiled one. */
  readonly program?: string;
}

/** The running program. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ran>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the compiled program. */
export function start(args: readonly string[], options: RunOptions): Running {
  const { input = "", env, cwd = "/", through = [], program = programPath() } = options;
  const began = performance.now();
  const child = Bun.spawn([...through, program, ...args], {
    stdin: Buffer.from(input as Uint8Array),
    stdout: "pipe",
    stderr: "pipe",
    env,
    cwd,
  });
  const end = async (): Promise<Ran> => {
    const [stdout, stderr] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { stdout, stderr, exitCode: child.exitCode, tookMs: performance.now() - began };
  };
  return { pid: child.pid, ended: end(), kill: (signal) => child.kill(signal) };
}
