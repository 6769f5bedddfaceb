import { readFileSync } from "node:fs";

/** The parent process. */
export interface ParentProcess {
  /** The process id and start time, which together are unique until the next boot. */
  readonly id: string;
  /** The first 15 bytes of its program's name. */
  readonly name: string;
}

/** Reads /proc, see proc(5). @returns undefined if unknown, as outside Linux */
export function parentProcess(): ParentProcess | undefined {
  try {
    const text = readFileSync(`/proc/${process.ppid}/stat`, "latin1");
    // The name may contain any characters, including parentheses.
    const [, name = "", rest = ""] = /^\d+ \((.*)\) (.*)/s.exec(text) ?? [];
    const startedAt = rest.split(" ")[19];
    return startedAt === undefined ? undefined : { id: `${process.ppid} ${startedAt}`, name };
  } catch {
    return undefined;
  }
}
