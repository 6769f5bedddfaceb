import { readdirSync, readFileSync } from "node:fs";

/** The parent of a process; undefined if it has ended. Linux only. */
export function parentOf(pid: number): number | undefined {
  try {
    // The fields follow the name, which may contain any characters and ends with the last parenthesis.
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return state === "Z" ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}

/** All running descendants of a process. */
export function childrenOf(pid: number): number[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((each) => parentOf(each) === pid);
}
