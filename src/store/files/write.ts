import { lstat, open, rename, unlink, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { isForeignFolder } from "../../ownership/foreign-folder.ts";
import { Failure } from "../../token/failure.ts";
import { ensureOwnFolder, isAbsent } from "./folder.ts";
import { temporaryFiles } from "./own-folders.ts";

/** Temporary files older than this belong to writers that were killed. */
const abandonedAfter = 60_000;

/**
 * Writes a file of the state folder completely or not at all, with mode 0600: under a temporary name, then renamed.
 *
 * @param content a string is written as it is, anything else as JSON
 * @param state the state folder; `path` is one folder below it
 * @throws Failure STATE_FOLDER, STATE_WRITE
 */
export function writeState(state: string, path: string, content: unknown): Promise<void> {
  return write(state, path, content, false);
}

/**
 * A durable write, for data that AWS can't return again: it is on the disk before this function returns, and survives a
 * power failure.
 */
export function writeDurable(state: string, path: string, content: unknown): Promise<void> {
  return write(state, path, content, true);
}

async function write(
  state: string,
  path: string,
  content: unknown,
  isDurable: boolean,
  isSecondTry = false,
): Promise<void> {
  const temporaryFolder = `${state}/tmp`;
  for (const folder of [state, dirname(path), temporaryFolder]) await ensureOwnFolder(folder);
  const temporary = `${temporaryFolder}/${basename(path)}.${crypto.randomUUID()}`;
  try {
    await writeFile(temporary, typeof content === "string" ? content : JSON.stringify(content), {
      mode: 0o600,
      flag: "wx",
      flush: isDurable,
    });
    await rename(temporary, path);
    if (isDurable) await flushFolder(dirname(path));
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    // Another process has removed the temporary file, as `convertEncryption` does.
    if ((error as { code?: string }).code === "ENOENT" && !isSecondTry) {
      return write(state, path, content, isDurable, true);
    }
    throw new Failure(
      "STATE_WRITE",
      `${path} can't be written (${(error as { code?: string }).code ?? "unknown error"})`,
      "free space on its disk or mount it writable, or set XDG_STATE_HOME to another folder",
      { cause: error },
    );
  }
}

/** Makes the new name durable. If a folder can't be opened, as on Windows, the file system does this itself. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  try {
    await folder?.sync();
  } catch (error) {
    if ((error as { code?: string }).code !== "EINVAL") throw error;
  } finally {
    await folder?.close();
  }
}

/** Removes a file; a missing file, or one in another user's folder, is not an error. @returns whether the file was there */
export async function removeState(path: string): Promise<boolean> {
  if (await isForeignFolder(dirname(path))) return false;
  try {
    await unlink(path);
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    // On a read-only disk, EROFS comes before ENOENT.
    if (code === "ENOENT" || (await isAbsent(path))) return false;
    throw new Failure(
      "STATE_WRITE",
      `${path} can't be removed (${(error as { code?: string }).code ?? "unknown error"})`,
      "remove it by hand",
      { cause: error },
    );
  }
}

/** Removes the temporary files that killed writers left in the state folder. Never fails. */
export async function removeAbandoned(state: string, now: number): Promise<void> {
  for (const path of await temporaryFiles(state)) {
    const modified = await lstat(path).then(
      (stats) => stats.mtimeMs,
      () => now,
    );
    if (now - modified > abandonedAfter) await unlink(path).catch(() => undefined);
  }
}
