import { readFileSync } from "node:fs";

/**
 * The process that has started this one, as no other process of this boot is called: number and start. Undefined where
 * the system does not tell, as outside Linux.
 */
export function parentProcess(): string | undefined {
  try {
    // Behind the name, which may hold anything, the 20th field: proc(5).
    const fields = readFileSync(`/proc/${process.ppid}/stat`, "latin1")
      .replace(/^.*\)/s, "")
      .trim()
      .split(" ");
    return fields[19] === undefined ? undefined : `${process.ppid} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
