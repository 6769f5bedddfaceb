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
    const what = "the tokens would stand on this screen for all to see";
    const fix = "write them with --output FILE, pipe them on, or give --show-secrets";
    throw new Failure("EXPORT_ON_SCREEN", what, fix);
  }
  // Windows has no such modes.
  if (process.platform === "win32" || !stdout.isFile() || (stdout.mode & 0o077) === 0) return;
  const mode = (stdout.mode & 0o777).toString(8).padStart(4, "0");
  const what = `stdout goes to a file that others may read or write (mode ${mode}), and the tokens would stand there`;
  throw new Failure("EXPORT_READABLE", what, "write them with --output FILE, which makes it 0600");
}
