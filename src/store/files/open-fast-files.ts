import type { QuickFiles } from "./fast-files.ts";
import { libcFiles } from "./libc-files.ts";

/**
 * The quickest that this system has: libc's own functions on Linux with glibc, else `node:fs`, which takes
 * a third of a program's start to load. libc is also out of reach where the system forbids memory that is
 * writable and executable, which Bun's calls into it need.
 */
export async function openQuickFiles(): Promise<QuickFiles> {
  return libcFiles() ?? (await import("./node-files.ts")).nodeFiles();
}
