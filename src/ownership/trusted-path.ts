import type { Stats } from "node:fs";
import { access, constants, lstat, readlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { printable } from "../token/printable.ts";
import { hasAccessList } from "./access-list.ts";
import { isOpenToOthers, trustedOwners } from "./file-owners.ts";
import { FileRefusal } from "./file-refusal.ts";

/** Links on one path before it counts as a circle; Linux allows as many. */
const mostLinks = 40;

/** What is allowed on the way to a file. */
export interface PathRules {
  /** Whether folders that are missing are no refusal: the caller makes them. */
  readonly makesFolders?: boolean;
  /** Whether the file may be in a folder such as /tmp, in which others can make files but not remove this user's. */
  readonly allowsSharedFolder?: boolean;
  /** What to do where a folder is another user's. */
  readonly otherUserFix: string;
  /** What to do where a file is in a folder's place. */
  readonly notFolderFix?: string;
}

export interface TrustedTarget {
  /** The file, with all links followed. */
  readonly target: string;
  /** Folders to make, outermost first. */
  readonly missing: readonly string[];
  /** Of the file; absent: there is none. */
  readonly stats?: Stats;
}

/**
 * Where a file is, or would be, once all links are followed, provided that only this user and root can put another
 * file or link in its place: what is written must not land elsewhere, and what is kept of the file must be its owner's.
 *
 * @throws FileRefusal
 */
export async function trustedTarget(path: string, rules: PathRules): Promise<TrustedTarget> {
  const parts = namesIn(path);
  const owners = trustedOwners();
  let at = "/";
  let links = 0;
  let stats: Stats | undefined;
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    stats = undefined;
    if (part === "..") {
      at = dirname(at);
      continue;
    }
    const next = join(at, part);
    const found = await look(next);
    if (!found) {
      // What ".." would lead out of is not there.
      if ((parts.length > 0 && !rules.makesFolders) || parts.includes("..")) throw isMissing(next, parts);
      await mustBeSafeToAddTo(at, await look(at), rules, parts.length === 0);
      return { target: join(next, ...parts), missing: foldersFrom(next, parts) };
    }
    if (!found.isSymbolicLink()) {
      if (parts.length > 0 && !found.isDirectory()) throw isNoFolder(next, rules);
      if (parts.length > 0) await mustBeSafeOnTheWay(next, found, owners, rules);
      at = next;
      stats = found;
      continue;
    }
    links += 1;
    if (links > mostLinks) throw new FileRefusal("unsafe", "is a circle of links", "remove one of the links");
    mustBelongToUs(next, found, owners, rules);
    const text = await readlink(next);
    if (text.startsWith("/")) at = "/";
    parts.unshift(...namesIn(text));
  }
  const folder = dirname(at);
  await mustBeSafeToAddTo(folder, await look(folder), rules, true);
  stats ??= await look(at);
  return { target: at, missing: [], ...(stats && { stats }) };
}

function namesIn(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

/** @param rest the names after `first`, the file's last */
function foldersFrom(first: string, rest: readonly string[]): readonly string[] {
  return rest.map((_, index) => join(first, ...rest.slice(0, index)));
}

async function look(at: string): Promise<Stats | undefined> {
  try {
    return await lstat(at);
  } catch (error) {
    const { code = "unknown error" } = error as { code?: string };
    if (code === "ENOENT") return undefined;
    if (code === "ENAMETOOLONG")
      throw new FileRefusal("file", `has too long a name (${code})`, "name another");
    const why = `can't be reached: ${printable(at)} (${code})`;
    throw new FileRefusal("file", why, "let this user enter the folders on the way", { cause: error });
  }
}

/** @param isItsFolder whether the file itself is made there, and not a folder */
async function mustBeSafeToAddTo(
  folder: string,
  found: Stats | undefined,
  rules: PathRules,
  isItsFolder: boolean,
): Promise<void> {
  if (!found?.isDirectory()) throw isNoFolder(folder, rules);
  mustBelongToUs(folder, found, [0], rules);
  const isShared = isSticky(found) && (rules.allowsSharedFolder || !isItsFolder);
  // Elsewhere the sticky bit does not help: others could be first to make the file.
  if (!isShared) await mustBeClosed(folder, found);
}

async function mustBeSafeOnTheWay(
  folder: string,
  found: Stats,
  owners: readonly number[],
  rules: PathRules,
): Promise<void> {
  mustBelongToUs(folder, found, owners, rules);
  if (!isSticky(found)) await mustBeClosed(folder, found);
}

async function mustBeClosed(folder: string, found: Stats): Promise<void> {
  if (isOpenToOthers(found, () => hasAccessList(folder)) && !(await isReadOnly(folder)))
    throw isOpen(folder, found);
}

/** Whether its disk is, as where Kubernetes mounts a ConfigMap: with mode 0777, but no user can write there. */
async function isReadOnly(folder: string): Promise<boolean> {
  return await access(folder, constants.W_OK).then(
    () => false,
    (error) => (error as { code?: string }).code === "EROFS",
  );
}

function mustBelongToUs(at: string, { uid }: Stats, others: readonly number[], rules: PathRules): void {
  const user = process.geteuid?.();
  // Windows has no owners of this kind.
  if (user === undefined || uid === user || others.includes(uid)) return;
  const why = `is not safe: ${printable(at)} belongs to user ${uid}, who could put another file into its place`;
  throw new FileRefusal("unsafe", why, `${rules.otherUserFix}, or choose a folder of user ${user}`);
}

function isSticky({ mode }: Stats): boolean {
  return (mode & 0o1000) !== 0;
}

function isOpen(folder: string, found: Stats): FileRefusal {
  const octal = (found.mode & 0o7777).toString(8).padStart(4, "0");
  const why = `is not safe: others may write into ${printable(folder)} (mode ${octal}) and put another file into its place`;
  // A folder such as /tmp is open on purpose.
  const fix = isSticky(found) ? "choose a folder of this user's own" : `run: chmod go-w ${printable(folder)}`;
  return new FileRefusal("unsafe", why, fix);
}

/** @param rest the names after `folder`, the file's last */
function isMissing(folder: string, rest: readonly string[]): FileRefusal {
  const fix = `run as this user: mkdir -p ${printable(join(folder, ...rest.slice(0, -1)))}`;
  return new FileRefusal("folder", `can't be made: ${printable(folder)} is not there`, fix);
}

function isNoFolder(path: string, { notFolderFix }: PathRules): FileRefusal {
  const fix = notFolderFix ?? "move it away, or name another file";
  return new FileRefusal("folder", `can't be made: ${printable(path)} is no folder`, fix);
}
