import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import {
  type FileHandle,
  lchown,
  mkdir,
  open,
  readFile,
  readlink,
  realpath,
  rename,
  rmdir,
  stat,
  unlink,
} from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Failure } from "../token/failure.ts";
import { removeAbandoned } from "./abandoned.ts";
import { isDiskFull } from "./disk-full.ts";

/** The text of a file that belongs to another program; undefined where there is none. @throws Failure CLIENT_FILE */
export async function readClientFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw trouble(path, "read", error);
  }
}

/**
 * Replaces a file of another program at once: its mode and owner stay, a link goes on pointing to it.
 * A new one is 0600, since such files hold logins. What root makes belongs to the owner of the folder it is
 * made in: under `sudo` with HOME kept, the user could not read it otherwise.
 *
 * @param before what the text was made of; where another program has written the file meanwhile, nothing is
 * @param isPrivate whether it becomes 0600, since logins come into it
 * @throws Failure CLIENT_FILE, CLIENT_FILE_CHANGED; the old file is then as it was
 */
export async function replaceClientFile(
  path: string,
  text: string,
  before: string | undefined,
  isPrivate = false,
): Promise<void> {
  try {
    const target = await targetOf(path);
    const old = await stat(target).catch(() => undefined);
    const folders = await missingFolders(path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const outermost = folders.at(-1);
    const owner = isRoot() ? await stat(outermost ? dirname(outermost) : dirname(target)) : undefined;
    for (const folder of owner ? folders : []) await lchown(folder, owner?.uid ?? 0, owner?.gid ?? 0);
    if (old) mustBeWritable(old);
    await removeAbandoned(target, Date.now());
    await writeWhole(target, text, async (file) => {
      if (owner && !old) await file.chown(owner.uid, owner.gid);
      if (old) {
        await file.chown(old.uid, old.gid);
        await file.chmod(isPrivate ? 0o600 : old.mode & 0o777);
      }
      // Docker writes without a lock, at every login.
      if ((await readClientFile(path)) !== before) throw changed(path);
    });
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw trouble(path, "written", error);
  }
}

/**
 * Writes a file whole or not at all: 0600, under a temporary name beside it, on the disk before it is renamed.
 *
 * @param target a plain file or nothing; a link would be replaced
 * @param finish what is done just before the renaming; where it throws, all stays as it was
 */
export async function writeWhole(
  target: string,
  text: string,
  finish: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const fresh = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  const file = await open(fresh, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    try {
      await file.writeFile(text);
      await file.sync();
      await finish(file);
    } finally {
      await file.close();
    }
    await rename(fresh, target);
  } catch (error) {
    await unlink(fresh).catch(() => undefined);
    throw error;
  }
}

/** So that nothing is begun that could not be ended. @throws Failure CLIENT_FILE where a file's owner may only read it */
export async function checkClientFile(path: string): Promise<void> {
  const old = await stat(path).catch(() => undefined);
  try {
    if (old) mustBeWritable(old);
  } catch (error) {
    throw trouble(path, "written", error);
  }
}

function mustBeWritable({ mode }: Stats): void {
  if ((mode & 0o200) === 0) throw Object.assign(new Error("read-only"), { code: readOnly });
}

/** The folders on the way to a file that are not there yet, innermost first. */
export async function missingFolders(path: string): Promise<readonly string[]> {
  const missing: string[] = [];
  let at = dirname(await targetOf(path));
  while (at !== dirname(at) && !(await stat(at).catch(() => undefined))) {
    missing.push(at);
    at = dirname(at);
  }
  return missing;
}

/**
 * Removes a file that this program had made for another one.
 *
 * @param folders those it had made for it, innermost first; they go where they are empty
 * @throws Failure CLIENT_FILE
 */
export async function removeClientFile(path: string, folders: readonly string[]): Promise<void> {
  try {
    await unlink(await targetOf(path));
    for (const folder of folders) await rmdir(folder).catch(() => undefined);
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") throw trouble(path, "removed", error);
  }
}

/** Where a file lies, or would lie: links are followed, those that point to nothing yet as well. */
async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    // Only what is missing has an end to follow it to; a circle of links has none.
    if ((error as { code?: string }).code !== "ENOENT") return path;
    const link = await readlink(path).catch(() => undefined);
    return link === undefined ? path : targetOf(resolve(await realpath(dirname(path)), link));
  }
}

function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

function changed(path: string): Failure {
  const what = `${path} was written by another program meanwhile, and left as that made it`;
  return new Failure("CLIENT_FILE_CHANGED", what, "run the same again");
}

/** Of a file whose owner may only read it: whoever made it so meant it, or another program makes the file. */
const readOnly = "its owner may only read it";

function trouble(path: string, verb: string, error: unknown): Failure {
  const code = (error as { code?: string }).code ?? "unknown error";
  return new Failure("CLIENT_FILE", `${path} can't be ${verb} (${code})`, mendOf(path, verb, code), {
    cause: error,
  });
}

function mendOf(path: string, verb: string, code: string): string {
  if (isDiskFull(code)) return "free space on its disk";
  switch (code) {
    case readOnly:
      return `run 'chmod u+w ${path}', or give what --dry-run shows to whoever makes that file`;
    case "EISDIR":
      return "a folder lies in its place: move it away";
    case "ELOOP":
      return "links lead in a circle: mend or remove them";
    case "ENOTDIR":
      return "a file lies in a folder's place: see its path, and DOCKER_CONFIG if that is set";
    default:
      return verb === "read"
        ? `see 'ls -lL ${path}': this user must be able to read it`
        : "see who owns it and whether its disk is writable";
  }
}
