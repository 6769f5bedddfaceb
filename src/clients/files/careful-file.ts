import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { chmod, type FileHandle, mkdir, open, readdir, rename, rmdir, stat, unlink } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { FileRefusal } from "../../ownership/file-refusal.ts";
import { type PathRules, trustedTarget } from "../../ownership/trusted-path.ts";
import { printable } from "../../token/printable.ts";
import { assertPlainFile, readPlainFile, refusalOf } from "./plain-file.ts";

/** The rules for a kind of file. These functions write every file outside this program's own folders. */
export interface FileRules extends PathRules {
  /** The mode of folders that are created. Default: 0700. */
  readonly folderMode?: number;
  /** Another fix for a file that its owner can only read. */
  readonly readOnlyFix?: string;
}

/** A file of another program as it was read; it is written later only if it has not changed since. */
export interface ReadFile {
  readonly path: string;
  /** With all links followed. */
  readonly target: string;
  /** Missing folders of the path, outermost first. */
  readonly missing: readonly string[];
  /** Absent if there is no such file. */
  readonly bytes?: Buffer;
  readonly stats?: Stats;
}

/**
 * Reads a file for an edit: it must be a plain file of this user, or not exist, and no other user may be able to replace it.
 *
 * @throws FileRefusal
 */
export async function readForEdit(path: string, rules: FileRules): Promise<ReadFile> {
  const { target, missing, stats } = await trustedTarget(path, rules);
  if (!stats) return { path, target, missing };
  assertPlainFile(stats);
  assertOwned(stats, rules);
  const bytes = await readPlainFile(target, true);
  return bytes === undefined ? { path, target, missing } : { path, target, missing, stats, bytes };
}

/**
 * The text of a file, which must be UTF-8: an edit would damage anything else.
 *
 * @throws FileRefusal
 */
export function textOf({ bytes }: ReadFile): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const at = lineOfFirstInvalidByte(bytes);
    throw new FileRefusal("file", `is not UTF-8 text (line ${at})`, "save it as UTF-8", { cause });
  }
}

/** @throws FileRefusal if the owner of the file can only read it: another program generates it, or the owner protects it */
export function assertWritable({ path, stats }: ReadFile, { readOnlyFix }: FileRules): void {
  if (!stats || (stats.mode & 0o200) !== 0) return;
  const why = "can't be written (its owner has no write permission)";
  const fix = `run 'chmod u+w ${printable(path)}'${readOnlyFix ? `, or ${readOnlyFix}` : ""}`;
  throw new FileRefusal("file", why, fix);
}

/**
 * Replaces a file completely or not at all; the content is on the disk before the rename. A failure changes nothing.
 *
 * @param mode default: unchanged; 0600 for a new file
 * @throws FileRefusal of kind "changed" if another program has written the file since it was read
 */
export async function replaceFile(
  found: ReadFile,
  text: string,
  rules: FileRules,
  mode?: number,
): Promise<void> {
  const { path, target, stats } = found;
  assertWritable(found, rules);
  const made: string[] = [];
  try {
    for (const folder of found.missing) {
      await mkdir(folder, rules.folderMode ?? 0o700);
      made.push(folder);
    }
    await removeAbandoned(target, Date.now());
    await writeWhole(target, text, async (file) => {
      if (stats && stats.gid !== (await file.stat()).gid) await file.chown(stats.uid, stats.gid);
      await file.chmod(mode ?? (stats ? stats.mode & 0o777 : 0o600));
      await assertUnchanged(found, rules);
    });
  } catch (error) {
    for (const folder of made.reverse()) await rmdir(folder).catch(() => undefined);
    throw refusalOf(path, "written", error);
  }
}

/** The most attempts to edit a file that other programs write at the same time. */
const mostTries = 5;

/**
 * Edits a file. If the edit changes nothing, only its mode is restricted to `mode`.
 *
 * @param edit returns the new text, or undefined to remove the file. Called again if another program has written the file
 *   meanwhile
 * @throws FileRefusal, and what `edit` throws; the file is then unchanged
 */
export async function editFile(
  path: string,
  edit: (text: string | undefined) => Promise<string | undefined>,
  rules: FileRules,
  mode: number,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      const found = await readForEdit(path, rules);
      const before = textOf(found);
      const text = await edit(before);
      if (text === before) await restrictMode(found, mode);
      else if (text === undefined) await removeFile(found, rules);
      else await replaceFile(found, text, rules, mode);
      return;
    } catch (error) {
      if (!(error instanceof FileRefusal) || error.kind !== "changed" || tries === mostTries) throw error;
    }
  }
}

/** Creates a file that must not exist yet. @throws FileRefusal of kind "changed" if it exists */
export async function createFile(path: string, text: string, rules: FileRules): Promise<void> {
  const found = await readForEdit(path, rules);
  if (found.bytes !== undefined) throw new FileRefusal("changed", "already exists", "choose another file");
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = await open(found.target, flags, 0o600);
    try {
      await file.writeFile(text).finally(() => file.close());
    } catch (error) {
      // An incomplete file is useless, and would prevent the next attempt.
      await unlink(found.target).catch(() => undefined);
      throw error;
    }
  } catch (error) {
    throw refusalOf(path, "written", error);
  }
}

/** @throws FileRefusal of kind "changed" if another program has written the file since it was read */
export async function removeFile(found: ReadFile, rules: FileRules): Promise<void> {
  try {
    await assertUnchanged(found, rules);
    await unlink(found.target);
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") throw refusalOf(found.path, "removed", error);
  }
}

/** Removes permissions that a file has beyond `mode`. */
async function restrictMode({ path, target, stats }: ReadFile, mode: number): Promise<void> {
  if (!stats || (stats.mode & 0o777 & ~mode) === 0) return;
  await chmod(target, mode).catch((error) => {
    throw refusalOf(path, "written", error);
  });
}

/** Docker writes its config without a lock, at every login. */
async function assertUnchanged(found: ReadFile, rules: FileRules): Promise<void> {
  const { target, bytes } = await readForEdit(found.path, rules);
  const isSame = bytes && found.bytes ? bytes.equals(found.bytes) : bytes === found.bytes;
  if (isSame && target === found.target) return;
  const why = "was written by another program meanwhile, and was not changed";
  throw new FileRefusal("changed", why, "run the command again");
}

function assertOwned(found: Stats, { otherUserFix }: FileRules): void {
  const user = process.geteuid?.();
  if (user === undefined || found.uid === user) return;
  const why = `belongs to user ${found.uid}, not to this one (${user})`;
  throw new FileRefusal("unsafe", why, `${otherUserFix}, or choose another file`);
}

async function writeWhole(
  target: string,
  text: string,
  finish: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const temporary = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  const file = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    try {
      await file.writeFile(text);
      await file.sync();
      await finish(file);
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

function lineOfFirstInvalidByte(bytes: Buffer): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const end = bytes.indexOf(10, from) + 1 || bytes.length;
    try {
      decoder.decode(bytes.subarray(from, end));
    } catch {
      return line;
    }
    from = end;
  }
  return line;
}

/** Milliseconds: temporary files older than this belong to writers that were killed. */
const abandonedAfter = 60_000;

/** Removes temporary files of killed writers next to the file: they contain tokens. Never fails. */
export async function removeAbandoned(target: string, now: number): Promise<void> {
  const name = basename(target);
  for (const each of await readdir(dirname(target)).catch(() => [])) {
    if (!each.startsWith(`${name}.`) || !/\.[0-9a-f]{12}\.tmp$/.test(each)) continue;
    const path = `${dirname(target)}/${each}`;
    const modified = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => now,
    );
    if (now - modified > abandonedAfter) await unlink(path).catch(() => undefined);
  }
}
