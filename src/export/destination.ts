import type { Stats } from "node:fs";
import { Failure } from "../token/failure.ts";

/**
 * Checks that tokens may be written to stdout.
 *
 * @param stdout the result of `fstat`
 * @throws Failure EXPORT_ON_SCREEN, EXPORT_READABLE
 */
export function assertPrivateOutput(
  { isTerminal, isShown }: { isTerminal: boolean; isShown: boolean },
  stdout: Pick<Stats, "isFile" | "mode">,
): void {
  if (isTerminal && !isShown) {
    const what = "tokens are secrets and are not printed on a terminal";
    const fix = "write them with --output FILE, pipe them to a program, or give --show-secrets";
    throw new Failure("EXPORT_ON_SCREEN", what, fix);
  }
  // Windows has no such modes.
  if (process.platform === "win32" || !stdout.isFile() || (stdout.mode & 0o077) === 0) return;
  const mode = (stdout.mode & 0o777).toString(8).padStart(4, "0");
  const what = `stdout is a file that other users can read or write (mode ${mode}), and tokens are secrets`;
  throw new Failure(
    "EXPORT_READABLE",
    what,
    "write them with --output FILE, which creates it with mode 0600",
  );
}
