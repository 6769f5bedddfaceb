import { constants, type Stats } from "node:fs";
import { lstat, readlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { printable } from "../token/printable.ts";

/** The most links on one path, as on Linux. */
const mostLinks = 40;

/** Where the lookup of a path ends: at a name that does not exist, at its end, or before a name that is unknown. */
export type Obstacle =
  | { readonly kind: "none" }
  | { readonly kind: "exists" }
  | { readonly kind: "dangling"; readonly link: string; readonly isFile: boolean }
  | { readonly kind: "loop"; readonly link: string }
  | { readonly kind: "file"; readonly at: string }
  | { readonly kind: "failed"; readonly code: string }
  | BarredObstacle;

/** A folder that this user can't enter. */
interface BarredObstacle {
  readonly kind: "barred";
  readonly folder: string;
  readonly stats: Stats;
  /** Whether it is this user's, or is in a folder of this user. */
  readonly isOwn: boolean;
  readonly code: string;
}

/** Why a path can't be reached, as the rest of a sentence that begins with the path, and the fix. */
export function describeObstacle(
  obstacle: Exclude<Obstacle, { readonly kind: "none" | "exists" }>,
  path: string,
): { readonly why: string; readonly fix?: string } {
  switch (obstacle.kind) {
    case "dangling": {
      const link = printable(obstacle.link);
      const where = obstacle.link === path ? "is" : `can't be reached: ${link} is`;
      const why = `${where} a link to a ${obstacle.isFile ? "file" : "folder"} that does not exist`;
      return { why, fix: `see 'ls -ld ${link}': mount or create what it links to, or remove the link` };
    }
    case "loop": {
      const link = printable(obstacle.link);
      const why = `can't be reached: ${link} is a loop of links`;
      return { why, fix: `see 'ls -ld ${link}', and remove the link` };
    }
    case "file": {
      const at = printable(obstacle.at);
      return { why: `can't be reached: ${at} is a file, not a folder`, fix: `rename or remove ${at}` };
    }
    case "failed":
      return { why: `can't be reached (${obstacle.code})` };
    case "barred": {
      const folder = printable(obstacle.folder);
      const why = `is not read: this user can't enter ${folder} (${obstacle.code})`;
      const fix = obstacle.isOwn
        ? openFix(folder, obstacle.stats)
        : `check 'ls -ld ${folder}'; give this user access to it`;
      return { why, fix };
    }
  }
}

function openFix(folder: string, { uid, mode }: Stats): string {
  const user = process.geteuid?.();
  if (user !== undefined && uid !== user) return `run as root: chown -R ${user} ${folder}`;
  if ((mode & constants.S_IXUSR) === 0) return `run: chmod u+rwx ${folder}`;
  return `allow this program to enter ${folder}: its mode does, but a sandbox such as AppArmor or SELinux does not`;
}

interface Part {
  readonly name: string;
  /** The link on the original path whose target this name is part of. */
  readonly link?: string;
}

/** The last folder that a lookup has entered. */
interface Place {
  at: string;
  folder: Stats;
  /** Whether this folder or one before it on the path belongs to this user. */
  isBelowOwn: boolean;
}

/** Looks up each name of an absolute path, and follows its links. */
export async function obstacleOn(path: string): Promise<Obstacle> {
  const parts: Part[] = namesIn(path);
  const place: Place = { at: "/", folder: await lstat("/"), isBelowOwn: false };
  let links = 0;
  for (let part = parts.shift(); part; part = parts.shift()) {
    try {
      if (part.name === "..") {
        await enter(place, dirname(place.at));
        continue;
      }
      const next = join(place.at, part.name);
      const stats = await lstat(next);
      if (stats.isSymbolicLink()) {
        links += 1;
        if (links > mostLinks) return { kind: "loop", link: part.link ?? next };
        const target = await readlink(next);
        if (target.startsWith("/")) await enter(place, "/");
        const link = part.link ?? next;
        parts.unshift(...namesIn(target).map(({ name }) => ({ name, link })));
      } else if (stats.isDirectory()) await enter(place, next, stats);
      // /dev/null is the home folder of accounts that have none.
      else if (parts.length > 0) return stats.isFile() ? { kind: "file", at: next } : { kind: "none" };
    } catch (error) {
      return obstacleOf(codeOf(error), part, parts, place);
    }
  }
  return { kind: "exists" };
}

async function enter(place: Place, at: string, stats?: Stats): Promise<void> {
  place.at = at;
  place.folder = stats ?? (await lstat(at));
  // For root this proves nothing: every folder is below one of root's.
  if (process.geteuid?.() !== 0 && isOwn(place.folder)) place.isBelowOwn = true;
}

function isOwn({ uid }: Stats): boolean {
  const user = process.geteuid?.();
  // Windows has no owners of this kind.
  return user === undefined || uid === user;
}

function obstacleOf(code: string, { link }: Part, rest: readonly Part[], place: Place): Obstacle {
  if (code === "ENOENT") {
    if (link === undefined) return { kind: "none" };
    return { kind: "dangling", link, isFile: rest.every((part) => part.link !== undefined) };
  }
  if (code !== "EACCES" && code !== "EPERM") return { kind: "failed", code };
  return {
    kind: "barred",
    folder: place.at,
    stats: place.folder,
    isOwn: place.isBelowOwn || isOwn(place.folder),
    code,
  };
}

function namesIn(path: string): { readonly name: string }[] {
  return path
    .split("/")
    .filter((name) => name !== "" && name !== ".")
    .map((name) => ({ name }));
}

function codeOf(error: unknown): string {
  return (error as { code?: string } | undefined)?.code ?? "unknown error";
}
