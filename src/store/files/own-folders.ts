import { lstat, readdir } from "node:fs/promises";
import { whyReplaceable } from "../../ownership/foreign-folder.ts";
import { Failure } from "../../token/failure.ts";

/**
 * Checks that only this user and root can replace a folder from which code is loaded: another user could exchange it
 * after a check of the folder alone.
 *
 * @throws Failure STATE_FOLDER
 */
export async function assertIrreplaceable(folder: string): Promise<void> {
  const refusal = await whyReplaceable(`${folder}/file`);
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
  if (names.length === 0 || (await whyReplaceable(`${state}/tmp/file`))) return [];
  return names.map((name) => `${state}/tmp/${name}`);
}
