import { constants } from "node:fs";
import { lstat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { describeObstacle, type Obstacle, obstacleOn } from "../ownership/path-obstacle.ts";
import { Failure } from "../token/failure.ts";
import { printable } from "../token/printable.ts";
import type { ConfigPlace } from "./folders.ts";

/** The errors of `open` for a path that does not exist. */
const absentCodes: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR"]);

/** The errors of `lstat` in a folder that this user can't enter. */
const barredCodes: ReadonlySet<string> = new Set(["EACCES", "EPERM"]);

/** What a config.yaml that can't be opened means. */
export type Absence =
  | { readonly kind: "none" }
  /** The file is in another user's home folder: the program continues without a config, and reports it. */
  | { readonly kind: "foreign"; readonly failure: Failure }
  /** There may be a config of this user: continuing without it would use another identity. */
  | { readonly kind: "unreadable"; readonly failure: Failure };

/** Whether the program works without a config, because there is none of this user. */
export async function isWithoutConfig(place: ConfigPlace): Promise<boolean> {
  return (await absenceOf(place)).kind !== "unreadable";
}

/**
 * The one decision on a config.yaml that can't be opened. There is no config only if the name does not exist in a real
 * folder, or a folder above it does not exist. A folder that this user can't enter may contain a config that is meant for
 * this user, unless it is another user's home folder, as with `sudo -u`, which keeps HOME.
 *
 * @param cause the error of `open`
 */
export async function absenceOf(place: ConfigPlace, cause?: unknown): Promise<Absence> {
  const path = place.configFile;
  const obstacle = await obstacleOn(resolve(path));
  const unreadable = (why: string, fix?: string): Absence => ({
    kind: "unreadable",
    failure: unreadableConfig(path, why, cause, fix),
  });
  if (obstacle.kind === "none") {
    // Another error, such as EMFILE or EIO, does not prove that there is none.
    if (cause !== undefined && !absentCodes.has(codeOf(cause)))
      return unreadable(`can't be read (${codeOf(cause)})`);
    return (await otherNames(path, cause)) ?? obstacle;
  }
  if (obstacle.kind === "exists") return unreadable(`can't be read (${codeOf(cause)})`);
  // The home of a system account may be a file, such as /bin/false.
  if (obstacle.kind === "file" && (await homeError(place)) === "ENOTDIR") return { kind: "none" };
  const { why, fix } = describeObstacle(obstacle, resolve(path));
  if (obstacle.kind !== "barred" || obstacle.isOwn) return unreadable(why, fix);
  if (!barredCodes.has(await homeError(place))) return unreadable(why, accessFix(obstacle));
  const elsewhere = `${fix}, or set HOME or XDG_CONFIG_HOME to a folder of this user`;
  return { kind: "foreign", failure: unreadableConfig(path, why, cause, elsewhere) };
}

/** The error of a lookup in the home folder that contains the config; "" if there is none. */
async function homeError({ homeOfConfig: home }: ConfigPlace): Promise<string> {
  return home === undefined ? "" : await lstat(`${home}/.config`).then(() => "", codeOf);
}

/** How this user gets access to a config below a folder that is not this user's. */
function accessFix({ folder, stats }: Extract<Obstacle, { readonly kind: "barred" }>): string {
  const shown = printable(folder);
  if ((stats.mode & constants.S_IXOTH) !== 0)
    return `allow this program to enter ${shown}: its mode does, but a sandbox such as AppArmor or SELinux does not`;
  // The program's own folder contains the config alone, mostly with the same mode.
  if (basename(folder) === "docker-credential-ecr") return `run as root: chmod -R a+rX ${shown}`;
  return `run as root: chmod a+x ${shown}; or set XDG_CONFIG_HOME to a folder of this user`;
}

/** The failure for a config.yaml that can't be used. @param fix default: to check the file */
export function unreadableConfig(path: string, why: string, cause?: unknown, fix?: string): Failure {
  const check = `check 'ls -lL ${printable(path)}'; it must be a readable YAML file, or not exist`;
  const options = cause === undefined ? {} : { cause };
  return new Failure("CONFIG_UNREADABLE", `${printable(path)} ${why}`, fix ?? check, options);
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

function codeOf(error: unknown): string {
  return (error as { code?: string } | undefined)?.code ?? "unknown error";
}
