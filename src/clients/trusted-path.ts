import type { Stats } from "node:fs";
import { lstat, readlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { printable } from "../config/problem.ts";
import { Failure } from "../token/failure.ts";

/** Links on one path before it counts as a circle; Linux allows as many. */
const mostLinks = 40;

/**
 * Whose folders and links count as safe on the way besides this user's: root's, and `nobody`, whom a user
 * namespace, as systemd's sandboxes make them, shows in root's place.
 */
const trustedOwners = [0, 65_534];

/**
 * Where a file lies, or would lie, once all links are followed, provided that nobody but this user and root could
 * put another file or link into its place: a token written there must not land elsewhere, and what is kept of the
 * file must be its owner's.
 *
 * @throws Failure OUTPUT_FOLDER where a folder on the way is missing, OUTPUT_UNSAFE where another user owns it or
 *   may write into it, OUTPUT_FILE where it can't be looked at
 */
export async function trustedTarget(path: string): Promise<string> {
  const parts = namesIn(path);
  let at = "/";
  let links = 0;
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    if (part === "..") {
      at = dirname(at);
      continue;
    }
    const next = join(at, part);
    const found = await look(next, path);
    if (!found) {
      if (parts.length > 0) throw missing(path, next, parts);
      at = next;
      break;
    }
    if (!found.isSymbolicLink()) {
      if (parts.length > 0 && !found.isDirectory()) throw missing(path, next, parts);
      if (parts.length > 0) mustBeSafeOnTheWay(path, next, found);
      at = next;
      continue;
    }
    links += 1;
    if (links > mostLinks) throw unsafe(path, "goes round in a circle of links", "mend the links");
    mustBelongToUs(path, next, found, trustedOwners);
    const text = await readlink(next);
    if (text.startsWith("/")) at = "/";
    parts.unshift(...namesIn(text));
  }
  const folder = dirname(at);
  const found = await look(folder, path);
  if (!found) throw missing(path, folder, []);
  mustBelongToUs(path, folder, found, [0]);
  // Here the sticky bit is no help: others could be first to make the file.
  if (isOpen(found)) throw openToOthers(path, folder, found);
  return at;
}

function namesIn(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

async function look(at: string, path: string): Promise<Stats | undefined> {
  try {
    return await lstat(at);
  } catch (error) {
    const { code = "unknown error" } = error as { code?: string };
    if (code === "ENOENT") return undefined;
    const what = `output ${printable(path)}: ${printable(at)} can't be looked at (${code})`;
    throw new Failure("OUTPUT_FILE", what, "let this user enter the folders on the way", { cause: error });
  }
}

function mustBeSafeOnTheWay(path: string, folder: string, found: Stats): void {
  mustBelongToUs(path, folder, found, trustedOwners);
  const isSticky = (found.mode & 0o1000) !== 0;
  if (isOpen(found) && !isSticky) throw openToOthers(path, folder, found);
}

function mustBelongToUs(path: string, at: string, { uid }: Stats, others: readonly number[]): void {
  const user = process.geteuid?.();
  // Windows has no owners of this kind.
  if (user === undefined || uid === user || others.includes(uid)) return;
  const why = `${printable(at)} belongs to user ${uid}, who could put another file into its place`;
  throw unsafe(path, why, `run the daemon as that user, or choose a folder of user ${user}`);
}

function isOpen({ mode }: Stats): boolean {
  return process.geteuid !== undefined && (mode & 0o022) !== 0;
}

function openToOthers(path: string, folder: string, { mode }: Stats): Failure {
  const octal = (mode & 0o7777).toString(8).padStart(4, "0");
  const why = `others may write into ${printable(folder)} (mode ${octal}) and put another file into its place`;
  // A folder such as /tmp is everybody's on purpose.
  const isSticky = (mode & 0o1000) !== 0;
  const mend = isSticky ? "choose a folder of this user's own" : `run: chmod go-w ${printable(folder)}`;
  return unsafe(path, why, mend);
}

/** @param rest the names after `folder`, the file's last */
function missing(path: string, folder: string, rest: readonly string[]): Failure {
  const what = `output ${printable(path)}: ${printable(folder)} is not there, or no folder`;
  const mend = `run as this user: mkdir -p ${printable(join(folder, ...rest.slice(0, -1)))}`;
  return new Failure("OUTPUT_FOLDER", what, mend);
}

function unsafe(path: string, why: string, mend: string): Failure {
  return new Failure("OUTPUT_UNSAFE", `output ${printable(path)}: ${why}`, mend);
}
