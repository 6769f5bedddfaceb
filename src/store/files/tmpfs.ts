import { lstat, statfs } from "node:fs/promises";
import { isOwnedAndPrivate } from "./fast-files.ts";

/** TMPFS_MAGIC and RAMFS_MAGIC of Linux's include/uapi/linux/magic.h. */
const fileSystemTypes: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/**
 * Whether a folder is on tmpfs, which a logout or a reboot empties, and only this user can access it, as the XDG base
 * directory specification requires of XDG_RUNTIME_DIR. Never throws.
 */
export async function isPrivateTmpfs(path: string): Promise<boolean> {
  try {
    const stats = await lstat(path);
    if (!stats.isDirectory() || !isOwnedAndPrivate(stats)) return false;
    return fileSystemTypes.has((await statfs(path)).type >>> 0);
  } catch {
    return false;
  }
}
