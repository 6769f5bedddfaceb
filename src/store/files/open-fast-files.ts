import type { FastFiles } from "./fast-files.ts";
import { libcFiles } from "./libc-files.ts";

/**
 * The fastest implementation for this system: libc's functions on Linux with glibc, else `node:fs`, whose loading takes
 * a third of a program start. libc can't be called either if the system forbids memory that is writable and executable,
 * which Bun needs for calls into it.
 */
export async function openFastFiles(): Promise<FastFiles> {
  return libcFiles() ?? (await import("./node-files.ts")).nodeFiles();
}
