import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { readWhole } from "../../limits/bounded-file.ts";
import { isForeignFolder } from "../../ownership/foreign-folder.ts";
import { type FastFiles, isOwnedAndPrivate, largestFile } from "./fast-files.ts";
import { isAbsent } from "./folder.ts";

/** The result of reading a file of the state folder. */
export type Inspected =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "refused"; readonly why: string };

/** Bytes of a file with one part for each registry or login, of which there may be many thousands. */
export const largestStateFile = 64 * 1024 * 1024;

/**
 * Reads a file that only this user may access, and returns the reason if it can't be used. In a folder that is another
 * user's, there is none. Never throws.
 *
 * @param limit bytes
 */
export async function inspectFile(path: string, limit = largestFile): Promise<Inspected> {
  const file = await inspect(path, limit);
  const isForeign = file.kind === "refused" && (await isForeignFolder(dirname(path)));
  return isForeign ? { kind: "absent" } : file;
}

async function inspect(path: string, limit: number): Promise<Inspected> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      const user = process.geteuid?.();
      if (!stats.isFile()) return { kind: "refused", why: "not a plain file" };
      if (user !== undefined && stats.uid !== user)
        return { kind: "refused", why: `it belongs to user ${stats.uid}` };
      if (user !== undefined && (stats.mode & 0o077) !== 0) {
        return {
          kind: "refused",
          why: `other users can access it (mode ${(stats.mode & 0o777).toString(8)})`,
        };
      }
      const bytes = stats.size > limit ? undefined : await readWhole(handle, limit, stats.size);
      if (!bytes) return { kind: "refused", why: `it is larger than ${limit} bytes` };
      return { kind: "text", text: bytes.toString("utf8") };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = (error as { code?: string }).code ?? "unknown error";
    if (code === "ENOENT" || (await isAbsent(path))) return { kind: "absent" };
    return {
      kind: "refused",
      why: code === "ELOOP" ? "it is a symbolic link" : `it can't be read (${code})`,
    };
  }
}

/**
 * The same with synchronous calls, for a caller that reads thousands of files at a time: each asynchronous call needs
 * another thread. If a disk hangs, the caller hangs, so a `get`, which has a time limit, must not use it.
 */
export function inspectSync(files: FastFiles): (path: string) => Promise<Inspected> {
  return async (path) => {
    const file = files.read(path);
    // The asynchronous function determines the reason.
    return file && isOwnedAndPrivate(file) ? { kind: "text", text: file.text } : inspectFile(path);
  };
}
