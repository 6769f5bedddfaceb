import { readdirSync, readFileSync } from "node:fs";

/** Who has started a process that runs; undefined for one that has ended. Linux only. */
export function parentOf(pid: number): number | undefined {
  try {
    // Behind the name, which may hold anything but ends with the last bracket.
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return state === "Z" ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}

/** All that a process has started and that runs. */
export function childrenOf(pid: number): number[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((each) => parentOf(each) === pid);
}
