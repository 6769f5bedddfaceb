import { readFileSync } from "node:fs";

/**
 * Ends a process with all that it started, as far as the system tells: the shell alone would leave the
 * program behind. Not by a process group of its own, which would cut it off from the terminal that it may
 * ask its user on.
 */
export function endTree(pid: number): void {
  for (const child of childrenOf(pid)) endTree(child);
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
