import { constants, type Stats } from "node:fs";
import { open, stat } from "node:fs/promises";
import { readWhole } from "../../limits/bounded-file.ts";
import { FileRefusal } from "../../ownership/file-refusal.ts";
import { printable } from "../../token/printable.ts";

/** Bytes; far more than such a file has. */
const largestClientFile = 16 * 1024 * 1024;

/**
 * The content of another program's file. Follows links, and never blocks: only a plain file is opened.
 *
 * @param noLink whether the last part of the path must not be a link
 * @returns undefined if there is none
 * @throws FileRefusal
 */
export async function readPlainFile(path: string, noLink = false): Promise<Buffer | undefined> {
  try {
    assertPlainFile(await stat(path));
    // A pipe may have replaced it between the two calls.
    const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (noLink ? constants.O_NOFOLLOW : 0);
    const file = await open(path, flags);
    try {
      const opened = await file.stat();
      assertPlainFile(opened);
      const bytes = await readWhole(file, largestClientFile, opened.size);
      if (bytes) return bytes;
      throw new FileRefusal("file", "is larger than 16 MiB", "check why it is so large");
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw refusalOf(path, "read", error);
  }
}

/** @throws FileRefusal */
export function assertPlainFile(stats: Stats): void {
  if (stats.isFile()) return;
  if (stats.isDirectory())
    throw new FileRefusal("file", "is a folder", "choose a file, or move the folder away");
  throw new FileRefusal(
    "file",
    `is ${kindOf(stats)}, not a plain file`,
    "move it away, or choose another file",
  );
}

function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return "a pipe";
  if (stats.isSocket()) return "a socket";
  return stats.isSymbolicLink() ? "a link" : "a device";
}

/** Converts a system error into a refusal. */
export function refusalOf(path: string, verb: "read" | "written" | "removed", error: unknown): FileRefusal {
  if (error instanceof FileRefusal) return error;
  const { code = "unknown error" } = error as { code?: string };
  return new FileRefusal("file", `can't be ${verb} (${code})`, fixOf(path, verb, code), { cause: error });
}

function fixOf(path: string, verb: string, code: string): string {
  if (isDiskFull(code)) return "free space on its disk";
  switch (code) {
    case "ELOOP":
      return "links form a loop: remove one of them";
    case "ENOTDIR":
      return "a part of the path is a file, not a folder: check the path and the variable that sets it";
    case "EBUSY":
      return "the file itself is a mount, as in a container: mount its folder instead, or run this outside the container";
    case "EROFS":
      return "mount its disk writable, or choose another file";
    default:
      return verb === "read"
        ? `check 'ls -lL ${printable(path)}': this user must be able to read it`
        : `check 'ls -ld' of its folder: this user must be able to write to it`;
  }
}

/** Whether a system's error code means that a disk or this user's quota is full. */
const isDiskFull = (code: string | undefined): boolean => code === "ENOSPC" || code === "EDQUOT";
