import type { Stats } from "node:fs";
import { access, constants, lstat, readlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { printable } from "../token/printable.ts";
import { hasAccessList } from "./access-list.ts";
import { isOpenToOthers, trustedOwners } from "./file-owners.ts";
import { FileRefusal } from "./file-refusal.ts";

/** The most links on one path, as on Linux; more count as a loop. */
const mostLinks = 40;

/** What is allowed on the path of a file. */
export interface PathRules {
  /** Whether missing folders are accepted, because the caller creates them. */
  readonly makesFolders?: boolean;
  /** Whether the file may be in a folder such as /tmp, where other users can create files but can't remove this user's. */
  readonly allowsSharedFolder?: boolean;
  /** The fix if a folder belongs to another user. */
  readonly otherUserFix: string;
  /** The fix if a file is where a folder should be. */
  readonly notFolderFix?: string;
}

export interface TrustedTarget {
  /** The file, with all links followed. */
  readonly target: string;
  /** Folders to create, outermost first. */
  readonly missing: readonly string[];
  /** Of the file; absent if there is none. */
  readonly stats?: Stats;
}

/**
 * The path of a file with all links followed, whether or not the file exists, provided that only this user and root can
 * replace the file or a link: a write must not end in another file, and the file's metadata must be its owner's.
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
    const found = await inspect(next);
    if (!found) {
      // ".." in a folder that does not exist.
      if ((parts.length > 0 && !rules.makesFolders) || parts.includes("..")) throw missingFolder(next, parts);
      await assertSafeToAddTo(at, await inspect(at), rules, parts.length === 0);
      return { target: join(next, ...parts), missing: foldersFrom(next, parts) };
    }
    if (!found.isSymbolicLink()) {
      if (parts.length > 0 && !found.isDirectory()) throw notFolder(next, rules);
      if (parts.length > 0) await assertSafeOnPath(next, found, owners, rules);
      at = next;
      stats = found;
      continue;
    }
    links += 1;
    if (links > mostLinks) throw new FileRefusal("unsafe", "is a loop of links", "remove one of the links");
    assertTrustedOwner(next, found, owners, rules);
    const text = await readlink(next);
    if (text.startsWith("/")) at = "/";
    parts.unshift(...namesIn(text));
  }
  const folder = dirname(at);
  await assertSafeToAddTo(folder, await inspect(folder), rules, true);
  stats ??= await inspect(at);
  return { target: at, missing: [], ...(stats && { stats }) };
}

function namesIn(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

/** @param rest the names after `first`, the file's last */
function foldersFrom(first: string, rest: readonly string[]): readonly string[] {
  return rest.map((_, index) => join(first, ...rest.slice(0, index)));
}

async function inspect(at: string): Promise<Stats | undefined> {
  try {
    return await lstat(at);
  } catch (error) {
    const { code = "unknown error" } = error as { code?: string };
    if (code === "ENOENT") return undefined;
    if (code === "ENAMETOOLONG")
      throw new FileRefusal("file", `has a name that is too long (${code})`, "choose another file");
    const why = `can't be reached: ${printable(at)} (${code})`;
    throw new FileRefusal("file", why, "give this user access to the folders above it", { cause: error });
  }
}

/** @param isItsFolder whether the file itself is created there, not a folder */
async function assertSafeToAddTo(
  folder: string,
  found: Stats | undefined,
  rules: PathRules,
  isItsFolder: boolean,
): Promise<void> {
  if (!found?.isDirectory()) throw notFolder(folder, rules);
  assertTrustedOwner(folder, found, [0], rules);
  const isShared = isSticky(found) && (rules.allowsSharedFolder || !isItsFolder);
  // Otherwise the sticky bit does not help: another user could create the file first.
  if (!isShared) await assertClosed(folder, found);
}

async function assertSafeOnPath(
  folder: string,
  found: Stats,
  owners: readonly number[],
  rules: PathRules,
): Promise<void> {
  assertTrustedOwner(folder, found, owners, rules);
  if (!isSticky(found)) await assertClosed(folder, found);
}

async function assertClosed(folder: string, found: Stats): Promise<void> {
  if (isOpenToOthers(found, () => hasAccessList(folder)) && !(await isReadOnly(folder)))
    throw openFolder(folder, found);
}

/** Whether the folder is on a read-only disk: Kubernetes mounts a ConfigMap with mode 0777, but no user can write there. */
async function isReadOnly(folder: string): Promise<boolean> {
  return await access(folder, constants.W_OK).then(
    () => false,
    (error) => (error as { code?: string }).code === "EROFS",
  );
}

function assertTrustedOwner(at: string, { uid }: Stats, others: readonly number[], rules: PathRules): void {
  const user = process.geteuid?.();
  // Windows has no owners of this kind.
  if (user === undefined || uid === user || others.includes(uid)) return;
  const why = `is not safe: ${printable(at)} belongs to user ${uid}, who could replace the file`;
  throw new FileRefusal("unsafe", why, `${rules.otherUserFix}, or choose a folder of user ${user}`);
}

function isSticky({ mode }: Stats): boolean {
  return (mode & 0o1000) !== 0;
}

function openFolder(folder: string, found: Stats): FileRefusal {
  const octal = (found.mode & 0o7777).toString(8).padStart(4, "0");
  const why = `is not safe: other users can write to ${printable(folder)} (mode ${octal}) and replace the file`;
  // A folder such as /tmp is open on purpose.
  const fix = isSticky(found)
    ? "choose a folder that belongs to this user"
    : `run: chmod go-w ${printable(folder)}`;
  return new FileRefusal("unsafe", why, fix);
}

/** @param rest the names after `folder`, the file's last */
function missingFolder(folder: string, rest: readonly string[]): FileRefusal {
  const fix = `run as this user: mkdir -p ${printable(join(folder, ...rest.slice(0, -1)))}`;
  return new FileRefusal("folder", `can't be created: ${printable(folder)} does not exist`, fix);
}

function notFolder(path: string, { notFolderFix }: PathRules): FileRefusal {
  const fix = notFolderFix ?? "move it away, or choose another file";
  return new FileRefusal("folder", `can't be created: ${printable(path)} is not a folder`, fix);
}
