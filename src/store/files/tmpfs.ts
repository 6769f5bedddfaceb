import { lstat, statfs } from "node:fs/promises";
import { isOwnedAndPrivate } from "./fast-files.ts";

/** TMPFS_MAGIC and RAMFS_MAGIC of Linux' include/uapi/linux/magic.h. */
const memoryFileSystems: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/**
 * Whether a folder is this user's alone and lies on a memory file system, which a logout or a reboot empties, as
 * the XDG base directory rules want XDG_RUNTIME_DIR to be. Never throws.
 */
export async function isMemoryFolder(path: string): Promise<boolean> {
  try {
    const found = await lstat(path);
    if (!found.isDirectory() || !isOwnedAndPrivate(found)) return false;
    return memoryFileSystems.has((await statfs(path)).type >>> 0);
  } catch {
    return false;
  }
}
