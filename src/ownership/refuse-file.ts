import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { printable } from "../token/printable.ts";
import { hasAccessList } from "./access-list.ts";
import { isOpenToOthers } from "./file-owners.ts";
import { FileRefusal } from "./file-refusal.ts";
import { trustedTarget } from "./trusted-path.ts";

/** Why a file is not obeyed. */
export interface Refusal {
  /** "/home/ci/.aws/config belongs to user 1000, …" */
  readonly why: string;
  /** What to do about it, without a full stop. */
  readonly fix: string;
}

const otherUserFix = "run this as that user";

/**
 * Why a file must not decide what runs: another user than this one and root could have written it, or could put
 * another file into its place, by a folder or link on the way. Undefined: no other user could.
 */
export async function refuseFile(path: string): Promise<Refusal | undefined> {
  const user = process.geteuid?.();
  // Windows has no owners of this kind.
  if (user === undefined) return undefined;
  const shown = printable(path);
  try {
    const { target } = await trustedTarget(resolve(path), { allowsSharedFolder: true, otherUserFix });
    const found = await stat(target);
    if (found.uid !== user && found.uid !== 0) {
      const why = `${shown} belongs to user ${found.uid}, neither to this one (${user}) nor to root`;
      return { why, fix: `${otherUserFix}, or look through the file and run: chown ${user} ${shown}` };
    }
    if (!isOpenToOthers(found, () => hasAccessList(target))) return undefined;
    const mode = (found.mode & 0o777).toString(8).padStart(4, "0");
    const fix = `look through the file, then run: chmod go-w ${shown}`;
    return { why: `others may write ${shown} (mode ${mode})`, fix };
  } catch (error) {
    if (error instanceof FileRefusal) return { why: `${shown} ${error.why}`, fix: error.fix };
    const { code = "unknown error" } = error as { code?: string };
    return { why: `${shown} can't be looked at (${code})`, fix: `see 'ls -lL ${shown}'` };
  }
}
