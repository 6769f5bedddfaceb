import { readFileSync } from "node:fs";

/**
 * Ends a process and all its descendants that the system lists: ending only the shell would leave its program running.
 * A process group is no alternative: it would cut the program off from the terminal on which it may prompt the user.
 */
export function endTree(pid: number): void {
  for (const child of childrenOf(pid)) endTree(child);
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has already ended.
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
