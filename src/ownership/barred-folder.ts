import { lstat } from "node:fs/promises";
import { dirname } from "node:path";

/** A folder of a path that this user can't enter. */
export interface BarredFolder {
  readonly folder: string;
  /** The system's error code, such as EACCES. */
  readonly code: string;
}

/**
 * The first folder of a path that this user can't enter, so that no file below it can belong to this user; undefined if
 * the last folder can be entered or does not exist.
 */
export async function barredFolder(path: string): Promise<BarredFolder | undefined> {
  for (let end = path.indexOf("/", 1); ; end = path.indexOf("/", end + 1)) {
    const part = end < 0 ? path : path.slice(0, end);
    try {
      await lstat(part);
    } catch (error) {
      const { code = "" } = error as { code?: string };
      return barringCodes.has(code) ? { folder: dirname(part), code } : undefined;
    }
    if (end < 0) return undefined;
  }
}

/** No right to search the folder, a file instead of a folder, a loop of links, a name that is too long. */
const barringCodes: ReadonlySet<string> = new Set(["EACCES", "EPERM", "ENOTDIR", "ELOOP", "ENAMETOOLONG"]);
