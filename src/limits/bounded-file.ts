import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** What became of reading a file. */
export type BoundedFile =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "absent" }
  /** It is there and is no plain file, or this user may not read it. `why`: "is a folder", say. */
  | { readonly kind: "unreadable"; readonly why: string }
  | { readonly kind: "too-large" };

/** Reads at most `limit` bytes of a plain file, and waits for nothing else. Links are followed. Never throws. */
export async function readBounded(path: string, limit: number): Promise<BoundedFile> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await handle.stat();
      if (found.isDirectory()) return { kind: "unreadable", why: "is a folder" };
      if (!found.isFile()) return { kind: "unreadable", why: "is no plain file" };
      if (found.size > limit) return { kind: "too-large" };
      const bytes = await readWhole(handle, found.size, limit);
      return bytes ? { kind: "bytes", bytes } : { kind: "too-large" };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code = "unknown error" } = error as { code?: string };
    return isAbsent(code) ? { kind: "absent" } : { kind: "unreadable", why: `can't be read (${code})` };
  }
}

/** Why there is no content, for a message: "is not there", say. */
export function problemOf(found: Exclude<BoundedFile, { readonly kind: "bytes" }>, limit: number): string {
  if (found.kind === "unreadable") return found.why;
  return found.kind === "absent" ? "is not there" : `is larger than ${limit} bytes`;
}

/** It may grow while it is read, and some files of the system's have no size. */
async function readWhole(handle: FileHandle, size: number, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length <= limit) {
    const chunk = new Uint8Array(Math.min(limit, Math.max(size, 4_096)) + 1);
    const { bytesRead } = await handle.read(chunk);
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, bytesRead));
    length += bytesRead;
  }
  return undefined;
}

function isAbsent(code: string): boolean {
  return code === "ENOENT" || code === "ENOTDIR";
}
