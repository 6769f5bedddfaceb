import { writeFileSync } from "node:fs";

/** Writes a file until its disk takes no more. */
export function fillDisk(path: string): void {
  try {
    for (let size = 1; ; size++) writeFileSync(path, "x".repeat(size * 1024));
  } catch {
    // It is full now.
  }
}
