import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** The result of reading a file. */
export type BoundedFile =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "absent" }
  /** It exists, but is not a plain file or this user can't read it. `why`: "is a folder". */
  | { readonly kind: "unreadable"; readonly why: string }
  | { readonly kind: "too-large" };

/** Reads at most `limit` bytes of a plain file, without waiting for a pipe. Follows links. Never throws. */
export async function readBounded(path: string, limit: number): Promise<BoundedFile> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (stats.isDirectory()) return { kind: "unreadable", why: "is a folder" };
      if (!stats.isFile()) return { kind: "unreadable", why: "is not a plain file" };
      if (stats.size > limit) return { kind: "too-large" };
      const bytes = await readWhole(handle, limit, stats.size);
      return bytes ? { kind: "bytes", bytes } : { kind: "too-large" };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code = "unknown error" } = error as { code?: string };
    return isAbsent(code) ? { kind: "absent" } : { kind: "unreadable", why: `can't be read (${code})` };
  }
}

/** Why the file has no content, for a message: "does not exist". */
export function problemOf(file: Exclude<BoundedFile, { readonly kind: "bytes" }>, limit: number): string {
  if (file.kind === "unreadable") return file.why;
  return file.kind === "absent" ? "does not exist" : `is larger than ${limit} bytes`;
}

/**
 * Reads the rest of an open file; undefined if it is larger than `limit` bytes. The reported size is not enough: a file
 * may grow while it is read, and files in /proc report no size.
 *
 * @param size the reported size, so that two reads are enough for most files
 */
export async function readWhole(file: FileHandle, limit: number, size: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length <= limit) {
    const chunk = new Uint8Array(length > 0 ? 65_536 : Math.min(limit, Math.max(size, 4_096)) + 1);
    const { bytesRead } = await file.read(chunk);
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, bytesRead));
    length += bytesRead;
  }
  return undefined;
}

function isAbsent(code: string): boolean {
  return code === "ENOENT" || code === "ENOTDIR";
}
