import { readFileSync } from "node:fs";

/**
 * Identifies the parent process: process id and start time, which together are unique until the next boot. Undefined if
 * unknown, as outside Linux.
 */
export function parentProcess(): string | undefined {
  try {
    // The start time is the 20th field after the process name, which may contain any characters: proc(5).
    const fields = readFileSync(`/proc/${process.ppid}/stat`, "latin1")
      .replace(/^.*\)/s, "")
      .trim()
      .split(" ");
    return fields[19] === undefined ? undefined : `${process.ppid} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
