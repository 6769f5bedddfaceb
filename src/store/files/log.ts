import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  writeSync,
} from "node:fs";
import { oneLine } from "../../token/printable.ts";
import { foreignOwnedParent } from "./folder.ts";

const largest = 256 * 1024;
/** Characters. */
const longestLine = 4096;
const flags =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_NOFOLLOW |
  // Opening a pipe without a reader would block forever.
  (constants.O_NONBLOCK ?? 0);

/**
 * Appends a line to the log in the state folder. Docker shows its users nothing else: on success a helper must print
 * nothing. The log has at most two files of 256 KiB. Never fails: a failing log must not prevent a login. It writes
 * synchronously, since the process may end right after.
 *
 * @param line nothing secret; text from outside has been through `foreignText`
 */
export function appendLog(state: string, now: number, line: string): void {
  const path = `${state}/log`;
  try {
    if (foreignOwnedParent(state) !== undefined) return;
    mkdirSync(state, { recursive: true, mode: 0o700 });
    const folder = lstatSync(state);
    if (!folder.isDirectory() || (process.geteuid && folder.uid !== process.geteuid())) return;
    const file = openSync(path, flags, 0o600);
    try {
      // A pipe or a device instead of the log file gets nothing.
      if (!fstatSync(file).isFile()) return;
      writeSync(file, `${new Date(now).toISOString()} ${oneLine(line.slice(0, longestLine))}\n`);
      if (fstatSync(file).size > largest) renameSync(path, `${path}.1`);
    } finally {
      closeSync(file);
    }
  } catch {
    // There is no place to report this.
  }
}
