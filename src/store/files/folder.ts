import { lstatSync } from "node:fs";
import { chmod, lstat, mkdir, readdir } from "node:fs/promises";
import { isForeignFolder } from "../../ownership/foreign-folder.ts";
import { Failure } from "../../token/failure.ts";

/**
 * Makes sure that `path` is a folder of this user that no other user can enter.
 *
 * @throws Failure STATE_FOLDER if it can't be created, is a link or belongs to another user: its owner could replace
 * the tokens in it
 */
export async function ensureOwnFolder(path: string): Promise<void> {
  try {
    const stats = (await lstat(path).catch(() => undefined)) ?? (await makeFolder(path));
    if (!stats.isDirectory()) throw refusal(path, "is not a folder");
    if (process.geteuid && stats.uid !== process.geteuid()) {
      throw refusal(path, `belongs to user ${stats.uid}, not to this one (${process.geteuid()})`);
    }
    if ((stats.mode & 0o077) !== 0 || isClosed(stats)) await chmod(path, 0o700);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw refusal(path, `can't be used (${(error as { code?: string }).code ?? "unknown error"})`, error);
  }
}

async function makeFolder(path: string) {
  const owner = foreignOwnedParent(path);
  if (owner !== undefined)
    throw refusal(path, `would be created in a folder of user ${owner}, who could not use it`);
  // 0700 at once, parents too: a mkdir followed by a chmod leaves a moment in which others can enter.
  await mkdir(path, { recursive: true, mode: 0o700 });
  return lstat(path);
}

/**
 * For root: the owner of the nearest existing folder above, if that is another user. Under `sudo` with the user's HOME,
 * a folder that root creates there would lock that user out.
 */
export function foreignOwnedParent(path: string): number | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  for (let at = path; at.includes("/"); at = at.slice(0, at.lastIndexOf("/"))) {
    const stats = lstatSync(at || "/", { throwIfNoEntry: false });
    if (stats) return at === path || stats.uid === 0 ? undefined : stats.uid;
  }
  return undefined;
}

/** Whether its owner can't list and enter the folder, as after `chmod -R 644`. */
function isClosed({ mode }: { readonly mode: number }): boolean {
  return (mode & 0o500) !== 0o500;
}

/**
 * Opens the state folder and the folders in it again if they are this user's and closed to this user: otherwise every
 * login and token in them would look absent. Never throws.
 */
export async function reopenFolders(state: string): Promise<void> {
  if (await isForeignFolder(state)) return;
  await reopenFolder(state);
  const names = await readdir(state).catch((): string[] => []);
  await Promise.all(names.map((name) => reopenFolder(`${state}/${name}`)));
}

async function reopenFolder(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats?.isDirectory() || stats.uid !== process.geteuid?.() || !isClosed(stats)) return;
  await chmod(path, 0o700).catch(() => undefined);
}

/**
 * Whether there is no such file, or a folder above it can't be entered, so that it contains nothing for this user. Own
 * state folders were opened before: `reopenFolders`. Never throws.
 */
export async function isAbsent(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    return absenceCodes.has((error as { code?: string }).code ?? "");
  }
}

const absenceCodes: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EACCES", "ELOOP", "ENAMETOOLONG"]);

function refusal(path: string, why: string, cause?: unknown): Failure {
  return new Failure(
    "STATE_FOLDER",
    `tokens can't be stored: ${path} ${why}`,
    "make this user the owner of the folder, or set XDG_STATE_HOME to another folder",
    { cause },
  );
}
