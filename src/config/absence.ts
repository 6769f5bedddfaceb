import { constants, type Stats } from "node:fs";
import { lstat, readlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Failure } from "../token/failure.ts";
import { printable } from "../token/printable.ts";

/** The most links on one path, as on Linux. */
const mostLinks = 40;

/** The errors of `open` for a path that does not exist. */
const absentCodes: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR"]);

/** What a config.yaml that can't be opened means. */
export type Absence =
  | { readonly kind: "none" }
  /** The file can't be reached and is not this user's: the program continues without a config, and reports it. */
  | { readonly kind: "foreign"; readonly failure: Failure }
  /** There may be a config of this user: continuing without it would use another identity. */
  | { readonly kind: "unreadable"; readonly failure: Failure };

/** Where the lookup of a path ends. */
type Obstacle =
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

/** Whether the program works without a config, because there is none of this user. */
export async function isWithoutConfig(path: string): Promise<boolean> {
  return (await absenceOf(path)).kind !== "unreadable";
}

/**
 * The one decision on a config.yaml that can't be opened. There is no config only if the name does not exist in a real
 * folder, or a folder above it does not exist.
 *
 * @param cause the error of `open`
 */
export async function absenceOf(path: string, cause?: unknown): Promise<Absence> {
  const obstacle = await obstacleOn(resolve(path));
  const unreadable = (why: string, fix?: string): Absence => ({
    kind: "unreadable",
    failure: unreadableConfig(path, why, cause, fix),
  });
  switch (obstacle.kind) {
    case "none":
      // Another error, such as EMFILE or EIO, does not prove that there is none.
      if (cause !== undefined && !absentCodes.has(codeOf(cause)))
        return unreadable(`can't be read (${codeOf(cause)})`);
      return (await otherNames(path, cause)) ?? obstacle;
    case "exists":
      return unreadable(`can't be read (${codeOf(cause)})`);
    case "dangling": {
      const link = printable(obstacle.link);
      const what = obstacle.isFile ? "file" : "folder";
      const where = obstacle.link === resolve(path) ? "is" : `can't be reached: ${link} is`;
      const fix = `see 'ls -ld ${link}': mount or create what it links to, or remove the link`;
      return unreadable(`${where} a link to a ${what} that does not exist`, fix);
    }
    case "loop": {
      const link = printable(obstacle.link);
      return unreadable(
        `can't be reached: ${link} is a loop of links`,
        `see 'ls -ld ${link}', and remove the link`,
      );
    }
    case "file": {
      const at = printable(obstacle.at);
      return unreadable(`can't be reached: ${at} is a file, not a folder`, `rename or remove ${at}`);
    }
    case "failed":
      return unreadable(`can't be reached (${obstacle.code})`);
    case "barred":
      return barred(path, obstacle, cause);
  }
}

/** The failure for a config.yaml that can't be used. @param fix default: to check the file */
export function unreadableConfig(path: string, why: string, cause?: unknown, fix?: string): Failure {
  const check = `check 'ls -lL ${printable(path)}'; it must be a readable YAML file, or not exist`;
  const options = cause === undefined ? {} : { cause };
  return new Failure("CONFIG_UNREADABLE", `${printable(path)} ${why}`, fix ?? check, options);
}

function barred(path: string, { folder, stats, isOwn, code }: BarredObstacle, cause: unknown): Absence {
  const shown = printable(folder);
  const why = `is not read: this user can't enter ${shown} (${code})`;
  if (!isOwn) {
    const fix = `check 'ls -ld ${shown}'; give this user access to it, or set HOME or XDG_CONFIG_HOME to a folder of this user`;
    return { kind: "foreign", failure: unreadableConfig(path, why, cause, fix) };
  }
  return { kind: "unreadable", failure: unreadableConfig(path, why, cause, openFix(shown, stats)) };
}

function openFix(folder: string, { uid, mode }: Stats): string {
  const user = process.geteuid?.();
  if (user !== undefined && uid !== user) return `run as root: chown -R ${user} ${folder}`;
  if ((mode & constants.S_IXUSR) === 0) return `run: chmod u+rwx ${folder}`;
  return `allow this program to enter ${folder}: its mode does, but a sandbox such as AppArmor or SELinux does not`;
}

/** A name that was meant as the config, or that this program can't open. */
async function otherNames(path: string, cause: unknown): Promise<Absence | undefined> {
  const ymlPath = path.replace(/\.yaml$/, ".yml");
  if (ymlPath !== path && (await isFileOrLink(ymlPath))) {
    const what = `${printable(ymlPath)} is not read: the name of the file must be config.yaml`;
    const fix = `run: mv ${printable(ymlPath)} ${printable(path)}`;
    return { kind: "unreadable", failure: new Failure("CONFIG_UNREADABLE", what, fix) };
  }
  // Bun decodes variables as UTF-8 and can't open other names: the file may exist and choose another identity.
  if (!path.includes("\ufffd")) return undefined;
  const why = `can't be opened: the name of its folder is not UTF-8 in the environment (HOME or XDG_CONFIG_HOME)`;
  const fix = "set XDG_CONFIG_HOME to a folder whose name is UTF-8";
  return { kind: "unreadable", failure: unreadableConfig(path, why, cause, fix) };
}

async function isFileOrLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isFile() || stats.isSymbolicLink(),
    () => false,
  );
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
async function obstacleOn(path: string): Promise<Obstacle> {
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
