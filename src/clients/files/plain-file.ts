import { constants, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { FileRefusal } from "../../ownership/file-refusal.ts";
import { printable } from "../../token/printable.ts";

/** Bytes: no program of the kind writes more into such a file. */
const largestClientFile = 16 * 1024 * 1024;

/**
 * The content of a file that another program has, wherever links lead. It waits for nothing: what is no plain file is
 * not even opened.
 *
 * @param noLink whether the last name must not be a link
 * @returns undefined: there is none
 * @throws FileRefusal
 */
export async function readPlainFile(path: string, noLink = false): Promise<Buffer | undefined> {
  try {
    const found = await stat(path);
    mustBePlain(found);
    // Between the two calls a pipe may have come into its place.
    const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (noLink ? constants.O_NOFOLLOW : 0);
    const file = await open(path, flags);
    try {
      mustBePlain(await file.stat());
      return await readAll(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw refusalOf(path, "read", error);
  }
}

/** @throws FileRefusal */
export function mustBePlain(found: Stats): void {
  if (found.isFile()) return;
  if (found.isDirectory())
    throw new FileRefusal("file", "is a folder", "name a file, or move the folder away");
  throw new FileRefusal(
    "file",
    `is ${kindOf(found)}, and no plain file`,
    "move it away, or name another file",
  );
}

function kindOf(found: Stats): string {
  if (found.isFIFO()) return "a pipe";
  if (found.isSocket()) return "a socket";
  return found.isSymbolicLink() ? "a link" : "a device";
}

async function readAll(file: FileHandle): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, null);
    if (bytesRead === 0) return Buffer.concat(chunks);
    length += bytesRead;
    if (length > largestClientFile) {
      throw new FileRefusal("file", "is larger than 16 MiB", "see what has filled it");
    }
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

/** A system's error as a refusal. */
export function refusalOf(path: string, verb: "read" | "written" | "removed", error: unknown): FileRefusal {
  if (error instanceof FileRefusal) return error;
  const { code = "unknown error" } = error as { code?: string };
  return new FileRefusal("file", `can't be ${verb} (${code})`, fixOf(path, verb, code), { cause: error });
}

function fixOf(path: string, verb: string, code: string): string {
  if (isDiskFull(code)) return "free space on its disk";
  switch (code) {
    case "ELOOP":
      return "links lead in a circle: remove one of them";
    case "ENOTDIR":
      return "a file is in a folder's place: see its path, and the variable that names it";
    case "EBUSY":
      return "it is a mount of its own, as containers have single files: mount its folder, or run this outside";
    case "EROFS":
      return "mount its disk writable, or name another file";
    default:
      return verb === "read"
        ? `see 'ls -lL ${printable(path)}': this user must be able to read it`
        : `see 'ls -ld' of its folder: this user must be able to write into it`;
  }
}

/** Whether a system's error code says that a disk, or this user's share of it, is full. */
const isDiskFull = (code: string | undefined): boolean => code === "ENOSPC" || code === "EDQUOT";
