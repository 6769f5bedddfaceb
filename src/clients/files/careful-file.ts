import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { chmod, type FileHandle, mkdir, open, readdir, rename, rmdir, stat, unlink } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { FileRefusal } from "../../ownership/file-refusal.ts";
import { type PathRules, trustedTarget } from "../../ownership/trusted-path.ts";
import { printable } from "../../token/printable.ts";
import { mustBePlain, readPlainFile, refusalOf } from "./plain-file.ts";

/** The rules for one kind of file. Every file that is not in this program's own folders is written by these functions. */
export interface FileRules extends PathRules {
  /** Of folders that are made on the way. Default: 0700. */
  readonly folderMode?: number;
  /** What else to do about a file that its owner may only read. */
  readonly readOnlyFix?: string;
}

/** A file of another program as it was found; what is written later counts only while it is still so. */
export interface FoundFile {
  readonly path: string;
  /** With all links followed. */
  readonly target: string;
  /** Folders on the way that are missing, outermost first. */
  readonly missing: readonly string[];
  /** Absent: there is no such file. */
  readonly bytes?: Buffer;
  readonly stats?: Stats;
}

/**
 * Looks at a file that is to be edited: a plain file of this user, or none, that no other user can exchange.
 *
 * @throws FileRefusal
 */
export async function findFile(path: string, rules: FileRules): Promise<FoundFile> {
  const { target, missing, stats } = await trustedTarget(path, rules);
  if (!stats) return { path, target, missing };
  mustBePlain(stats);
  mustBeOurs(stats, rules);
  const bytes = await readPlainFile(target, true);
  return bytes === undefined ? { path, target, missing } : { path, target, missing, stats, bytes };
}

/**
 * The text of a file, which must be UTF-8: an edit of anything else would ruin what it does not understand.
 *
 * @throws FileRefusal
 */
export function textOf({ bytes }: FoundFile): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const at = lineOfFirstOddByte(bytes);
    throw new FileRefusal("file", `is not UTF-8 text (line ${at})`, "save it as UTF-8", { cause });
  }
}

/** @throws FileRefusal where a file's owner may only read it: another program makes it, or its owner meant it so */
export function mustBeWritable({ path, stats }: FoundFile, { readOnlyFix }: FileRules): void {
  if (!stats || (stats.mode & 0o200) !== 0) return;
  const why = "can't be written (its owner may only read it)";
  const fix = `run 'chmod u+w ${printable(path)}'${readOnlyFix ? `, or ${readOnlyFix}` : ""}`;
  throw new FileRefusal("file", why, fix);
}

/**
 * Writes a file whole or not at all, on the disk before it is renamed. Where it fails, all is as it was.
 *
 * @param mode absent: as it was; 0600 for a new one
 * @throws FileRefusal, of kind "changed" where another program has written the file since it was found
 */
export async function replaceFile(
  found: FoundFile,
  text: string,
  rules: FileRules,
  mode?: number,
): Promise<void> {
  const { path, target, stats } = found;
  mustBeWritable(found, rules);
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
      await mustBeAsFound(found, rules);
    });
  } catch (error) {
    for (const folder of made.reverse()) await rmdir(folder).catch(() => undefined);
    throw refusalOf(path, "written", error);
  }
}

/** How often a file that others write at the same time is edited anew. */
const mostTries = 5;

/**
 * Edits a file; where the edit changes nothing, its rights alone are made those of `mode`.
 *
 * @param edit the whole text to another, or to undefined: no file. Called again where another program has written the
 *   file meanwhile
 * @throws FileRefusal, and what `edit` throws; the file is then as it was
 */
export async function editFile(
  path: string,
  edit: (text: string | undefined) => Promise<string | undefined>,
  rules: FileRules,
  mode: number,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      const found = await findFile(path, rules);
      const before = textOf(found);
      const text = await edit(before);
      if (text === before) await narrow(found, mode);
      else if (text === undefined) await removeFile(found, rules);
      else await replaceFile(found, text, rules, mode);
      return;
    } catch (error) {
      if (!(error instanceof FileRefusal) || error.kind !== "changed" || tries === mostTries) throw error;
    }
  }
}

/** Makes a file that must not be there yet, and so replaces none. @throws FileRefusal, of kind "changed" where it is there */
export async function makeFile(path: string, text: string, rules: FileRules): Promise<void> {
  const found = await findFile(path, rules);
  if (found.bytes !== undefined) throw new FileRefusal("changed", "is there already", "name another file");
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = await open(found.target, flags, 0o600);
    try {
      await file.writeFile(text).finally(() => file.close());
    } catch (error) {
      // Half a file is of no use, and would be in the next one's way.
      await unlink(found.target).catch(() => undefined);
      throw error;
    }
  } catch (error) {
    throw refusalOf(path, "written", error);
  }
}

/** @throws FileRefusal, of kind "changed" where another program has written the file since it was found */
export async function removeFile(found: FoundFile, rules: FileRules): Promise<void> {
  try {
    await mustBeAsFound(found, rules);
    await unlink(found.target);
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") throw refusalOf(found.path, "removed", error);
  }
}

/** Takes the rights away that a file has beyond these. */
async function narrow({ path, target, stats }: FoundFile, mode: number): Promise<void> {
  if (!stats || (stats.mode & 0o777 & ~mode) === 0) return;
  await chmod(target, mode).catch((error) => {
    throw refusalOf(path, "written", error);
  });
}

/** Docker, for one, writes without a lock, at every login. */
async function mustBeAsFound(found: FoundFile, rules: FileRules): Promise<void> {
  const { target, bytes } = await findFile(found.path, rules);
  const isSame = bytes && found.bytes ? bytes.equals(found.bytes) : bytes === found.bytes;
  if (isSame && target === found.target) return;
  const why = "was written by another program meanwhile, and is left as that made it";
  throw new FileRefusal("changed", why, "run the same again");
}

function mustBeOurs(found: Stats, { otherUserFix }: FileRules): void {
  const user = process.geteuid?.();
  if (user === undefined || found.uid === user) return;
  const why = `belongs to user ${found.uid}, not to this one (${user})`;
  throw new FileRefusal("unsafe", why, `${otherUserFix}, or name another file`);
}

async function writeWhole(
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

function lineOfFirstOddByte(bytes: Buffer): number {
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

/** Removes what writers that were killed have left beside the file: tokens lie in it. Never fails. */
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
