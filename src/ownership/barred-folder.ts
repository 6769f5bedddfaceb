import { lstat } from "node:fs/promises";
import { dirname } from "node:path";

/** A folder on the way to a path that this user can't enter. */
export interface BarredFolder {
  readonly folder: string;
  /** The system's word for why, as EACCES. */
  readonly code: string;
}

/**
 * The first folder on the way to a path that this user can't enter, so that nothing below it can be this user's;
 * undefined where the last folder can be entered, or is not there.
 */
export async function barredFolder(path: string): Promise<BarredFolder | undefined> {
  for (let end = path.indexOf("/", 1); ; end = path.indexOf("/", end + 1)) {
    const part = end < 0 ? path : path.slice(0, end);
    try {
      await lstat(part);
    } catch (error) {
      const { code = "" } = error as { code?: string };
      return barring.has(code) ? { folder: dirname(part), code } : undefined;
    }
    if (end < 0) return undefined;
  }
}

/** No right to search the folder, a file instead of a folder, a circle of links, a path that no file system takes. */
const barring: ReadonlySet<string> = new Set(["EACCES", "EPERM", "ENOTDIR", "ELOOP", "ENAMETOOLONG"]);
