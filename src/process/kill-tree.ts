import { readdirSync, readFileSync } from "node:fs";

const mostRounds = 10;

/**
 * Ends a process and all its descendants that the system lists: ending only the shell would leave its program running.
 * Each is stopped first, so that it starts no other process meanwhile. A process group is no alternative: it would cut
 * the program off from the terminal on which it may prompt the user.
 */
export function endTree(pid: number): void {
  signal(pid, "SIGSTOP");
  const ended = new Set<number>();
  // Again, since a process with several threads does not stop at once, and another user's does not stop at all.
  for (let round = 0; round < mostRounds; round++) {
    const children = childrenOf(pid).filter((child) => !ended.has(child));
    if (children.length === 0) break;
    for (const child of children) {
      endTree(child);
      ended.add(child);
    }
  }
  signal(pid, "SIGKILL");
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has already ended.
  }
}

/** The system lists the children of each thread. */
function childrenOf(pid: number): number[] {
  const threads = `/proc/${pid}/task`;
  try {
    return readdirSync(threads).flatMap((thread) => listed(`${threads}/${thread}/children`));
  } catch {
    return [];
  }
}

function listed(path: string): number[] {
  try {
    return readFileSync(path, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    // The thread has ended.
    return [];
  }
}
