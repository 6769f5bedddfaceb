import { lstatSync } from "node:fs";
import { chmod, lstat, mkdir } from "node:fs/promises";
import { Failure } from "../../token/failure.ts";

/**
 * Makes sure that `path` is a folder of this user that nobody else can enter.
 *
 * @throws Failure STATE_FOLDER where it can't be made, is a link or belongs to another user: whoever
 *   owns it could swap the tokens in it
 */
export async function ensureOwnFolder(path: string): Promise<void> {
  try {
    const found = (await lstat(path).catch(() => undefined)) ?? (await makeFolder(path));
    if (!found.isDirectory()) throw refusal(path, "is not a folder");
    if (process.geteuid && found.uid !== process.geteuid()) {
      throw refusal(path, `belongs to user ${found.uid}, not to this one (${process.geteuid()})`);
    }
    if ((found.mode & 0o077) !== 0) await chmod(path, 0o700);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw refusal(path, `can't be used (${(error as { code?: string }).code ?? "unknown error"})`, error);
  }
}

async function makeFolder(path: string) {
  const owner = strangerAbove(path);
  if (owner !== undefined)
    throw refusal(path, `would be made in a folder of user ${owner}, who could not use it`);
  // 0700 at once, parents too: a mkdir followed by a chmod leaves a moment in which others can enter.
  await mkdir(path, { recursive: true, mode: 0o700 });
  return lstat(path);
}

/**
 * For root: whose folder a missing one would be made in, where that is another user's. Under `sudo` with
 * HOME kept, what root makes there shuts its owner out.
 */
export function strangerAbove(path: string): number | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  for (let at = path; at.includes("/"); at = at.slice(0, at.lastIndexOf("/"))) {
    const found = lstatSync(at || "/", { throwIfNoEntry: false });
    if (found) return at === path || found.uid === 0 ? undefined : found.uid;
  }
  return undefined;
}

/** Whether a folder on the way to a file can't be entered, so that no file of this user's is there. Never throws. */
export async function isOutOfReach(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    return ["EACCES", "ELOOP", "ENAMETOOLONG"].includes((error as { code?: string }).code ?? "");
  }
}

function refusal(path: string, why: string, cause?: unknown): Failure {
  return new Failure(
    "STATE_FOLDER",
    `tokens can't be kept: ${path} ${why}`,
    "give this user the folder, or set XDG_STATE_HOME to one that it owns",
    { cause },
  );
}
