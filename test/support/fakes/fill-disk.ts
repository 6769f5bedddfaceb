import { writeFileSync } from "node:fs";

/** Writes a file until the disk is full. */
export function fillDisk(path: string): void {
  try {
    for (let size = 1; ; size++) writeFileSync(path, "x".repeat(size * 1024));
  } catch {
    // The disk is full now.
  }
}
