import { lstat, readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { trustedOwners } from "../../ownership/file-owners.ts";
import { FileRefusal } from "../../ownership/file-refusal.ts";
import { type PathRules, trustedTarget } from "../../ownership/trusted-path.ts";
import { Failure } from "../../token/failure.ts";

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
  return (await replacer(path)) !== undefined;
}

/**
 * Checks that only this user and root can replace a folder from which code is loaded: another user could exchange it
 * after a check of the folder alone.
 *
 * @throws Failure STATE_FOLDER
 */
export async function assertIrreplaceable(folder: string): Promise<void> {
  const refusal = await replacer(`${folder}/file`);
  if (!refusal) return;
  const what = `the keychain can't be called: ${folder}, where its library is unpacked, ${refusal.why}`;
  throw new Failure("STATE_FOLDER", what, refusal.fix, { cause: refusal });
}

/**
 * The names in a folder of the state folder, of which the caller removes files. None if one of both is not a folder of
 * this user: behind a link, these would be files of another folder. Never throws.
 */
export async function namesInOwn(state: string, folder: string): Promise<readonly string[]> {
  const path = `${state}/${folder}`;
  for (const each of [state, path]) {
    const stats = await lstat(each).catch(() => undefined);
    if (!stats?.isDirectory() || (process.geteuid && stats.uid !== process.geteuid())) return [];
  }
  return await readdir(path).catch(() => []);
}

/**
 * The temporary files of active and of killed writers, likewise. None if another user can replace the folder after this
 * check: any file with any name counts as a temporary one.
 */
export async function temporaryFiles(state: string): Promise<readonly string[]> {
  const names = await namesInOwn(state, "tmp");
  if (names.length === 0 || (await replacer(`${state}/tmp/file`))) return [];
  return names.map((name) => `${state}/tmp/${name}`);
}

/** Why another user can create or replace `path`; undefined if none can, or if that is unknown. */
async function replacer(path: string): Promise<FileRefusal | undefined> {
  try {
    await trustedTarget(`${dirname(path)}/file`, rules);
    return undefined;
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error;
    return error.kind === "unsafe" ? error : undefined;
  }
}
