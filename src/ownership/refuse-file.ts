import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { printable } from "../token/printable.ts";
import { hasAccessList } from "./access-list.ts";
import { isOpenToOthers } from "./file-owners.ts";
import { FileRefusal } from "./file-refusal.ts";
import { trustedTarget } from "./trusted-path.ts";

/** Why a file must not be used. */
export interface Refusal {
  /** "/home/ci/.aws/config belongs to user 1000, …" */
  readonly why: string;
  /** How to fix it, without a full stop. */
  readonly fix: string;
}

const otherUserFix = "run this as that user";

/**
 * Why a file must not decide what this program runs: a user other than this one and root could write it, or could
 * replace it by a folder or link on its path. Undefined if no other user could.
 */
export async function refuseFile(path: string): Promise<Refusal | undefined> {
  const user = process.geteuid?.();
  // Windows has no owners of this kind.
  if (user === undefined) return undefined;
  const shown = printable(path);
  try {
    const { target } = await trustedTarget(resolve(path), { allowsSharedFolder: true, otherUserFix });
    const stats = await stat(target);
    if (stats.uid !== user && stats.uid !== 0) {
      const why = `${shown} belongs to user ${stats.uid}, neither to this one (${user}) nor to root`;
      return { why, fix: `${otherUserFix}, or review the file and run: chown ${user} ${shown}` };
    }
    if (!isOpenToOthers(stats, () => hasAccessList(target))) return undefined;
    const mode = (stats.mode & 0o777).toString(8).padStart(4, "0");
    const fix = `review the file, then run: chmod go-w ${shown}`;
    return { why: `other users can write ${shown} (mode ${mode})`, fix };
  } catch (error) {
    if (error instanceof FileRefusal) return { why: `${shown} ${error.why}`, fix: error.fix };
    const { code = "unknown error" } = error as { code?: string };
    return { why: `${shown} can't be inspected (${code})`, fix: `check 'ls -lL ${shown}'` };
  }
}
