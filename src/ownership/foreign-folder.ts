import { lstat } from "node:fs/promises";
import { dirname } from "node:path";
import { trustedOwners } from "./file-owners.ts";
import { FileRefusal } from "./file-refusal.ts";
import { type PathRules, trustedTarget } from "./trusted-path.ts";

const rules: PathRules = { otherUserFix: "set XDG_STATE_HOME to another folder" };

/**
 * Whether a state folder, or a folder in it, is another user's, who can have put it there, as in /tmp: then nothing in it
 * counts. If only this user and root can have put it there, its content is unknown, not absent. Never throws.
 */
export async function isForeignFolder(path: string): Promise<boolean> {
  const user = process.geteuid?.();
  const stats = await lstat(path).catch(() => undefined);
  // Windows has no owners of this kind. A link of this user is this user's choice.
  if (user === undefined || !stats || stats.uid === user || trustedOwners().includes(stats.uid)) return false;
  return (await whyReplaceable(path)) !== undefined;
}

/** Why another user can create or replace `path`; undefined if none can, or if that is unknown. */
export async function whyReplaceable(path: string): Promise<FileRefusal | undefined> {
  try {
    await trustedTarget(`${dirname(path)}/file`, rules);
    return undefined;
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error;
    return error.kind === "unsafe" ? error : undefined;
  }
}
