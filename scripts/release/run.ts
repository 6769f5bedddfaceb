import { spawnSync } from "node:child_process";

/** The environment of a reproducible build. */
export function buildVariables(epoch: number): Record<string, string | undefined> {
  return {
    ...process.env,
    SOURCE_DATE_EPOCH: String(epoch),
    TZ: "UTC",
    LC_ALL: "C.UTF-8",
    // Otherwise Bun leaves a cache of the sources in HOME.
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
  };
}

/**
 * Runs a program to its end.
 * @returns its stdout
 * @throws with its stderr if it fails
 */
export function run(
  command: readonly string[],
  { cwd, env }: { readonly cwd?: string; readonly env?: Record<string, string | undefined> } = {},
): string {
  const [program = "", ...args] = command;
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    ...(cwd !== undefined && { cwd }),
    ...(env && { env }),
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  if (error) throw new Error(`${program} can't be started: ${error.message}`);
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}: ${stderr || stdout}`);
  return stdout;
}
