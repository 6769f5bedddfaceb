import { spawn } from "node:child_process";
import type { Environment } from "../token/dependencies.ts";

/** How a program of the system ended. */
export interface Ended {
  /** Undefined: there is no such program, or it took too long. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** What it said, for a person: one line. */
  readonly said: string;
  readonly isMissing: boolean;
}

export type RunProgram = (program: string, args: readonly string[], limit?: number) => Promise<Ended>;

/** Runs programs of the PATH in an environment, their messages in English. Never rejects. */
export function programsOf(env: Environment): RunProgram {
  return (program, args, limit = 20_000) => {
    const { promise, resolve } = Promise.withResolvers<Ended>();
    const child = spawn(program, [...args], {
      env: { ...env, LC_ALL: "C", SYSTEMD_PAGER: "", SYSTEMD_COLORS: "0" },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: limit,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const end = (exitCode: number | undefined, isMissing: boolean) =>
      resolve({
        exitCode,
        stdout: stdout.trim(),
        said: (stderr || stdout).trim().split("\n")[0] ?? "",
        isMissing,
      });
    child.once("error", () => end(undefined, true));
    child.once("close", (code) => end(code ?? undefined, false));
    return promise;
  };
}
