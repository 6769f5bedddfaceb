import { readFileSync } from "node:fs";

/** The process that has started this one. */
export interface ParentProcess {
  /** Number and start: no other process of this boot has the same. */
  readonly id: string;
  /** The first 15 bytes of its program's name. */
  readonly name: string;
}

/** Source: proc(5). @returns undefined where the system does not tell, as outside Linux */
export function parentProcess(): ParentProcess | undefined {
  try {
    const text = readFileSync(`/proc/${process.ppid}/stat`, "latin1");
    // The name may hold anything, parentheses too.
    const [, name = "", rest = ""] = /^\d+ \((.*)\) (.*)/s.exec(text) ?? [];
    const startedAt = rest.split(" ")[19];
    return startedAt === undefined ? undefined : { id: `${process.ppid} ${startedAt}`, name };
  } catch {
    return undefined;
  }
}
