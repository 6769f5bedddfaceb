import { existsSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { type Service, serviceName } from "./service.ts";

/** The service of a .deb or .rpm package, or a unit that an administrator has written under the package's name. */
export interface PackagedUnit {
  /** "docker-credential-ecr@ci.service" */
  readonly unit: string;
  readonly isSystem: boolean;
  /** The unit file that applies. */
  readonly path: string;
  /** Whether systemd starts it at boot or login. */
  readonly isEnabled: boolean;
}

/** Where systemd looks for units, the first folder that has the file: systemd.unit(5), "Unit File Load Path". */
const folders = ["etc/systemd", "run/systemd", "usr/local/lib/systemd", "usr/lib/systemd", "lib/systemd"];

/** Places of a user's units. */
export interface UserUnitPlaces {
  /** XDG_CONFIG_HOME of the user. */
  readonly configHome: string;
  readonly home: string;
}

/**
 * The package's unit for an account; undefined if there is none, or if it is masked. Only reads folders: systemctl would
 * need the user's manager.
 *
 * @param root of the file system, with a slash at the end
 */
export function packagedUnit(
  { isSystem, account }: Pick<Service, "isSystem" | "account">,
  { configHome, home }: UserUnitPlaces,
  root = "/",
): PackagedUnit | undefined {
  const scope = isSystem ? "system" : "user";
  const shared = folders.map((folder) => `${root}${folder}/${scope}`);
  const places = isSystem
    ? shared
    : [`${configHome}/systemd/user`, ...shared, `${home}/.local/share/systemd/user`];
  const unit = isSystem ? `${serviceName}@${account.name}.service` : `${serviceName}.service`;
  // An instance with a file of its own takes precedence over the template.
  const names = isSystem ? [unit, `${serviceName}@.service`] : [unit];
  const path = names
    .flatMap((name) => places.map((place) => `${place}/${name}`))
    .find((file) => existsSync(file) || isLink(file));
  // A masked unit is a link to /dev/null; a unit whose package was removed may leave a dangling link.
  if (path === undefined || !existsSync(path) || realpathSync(path) === "/dev/null") return undefined;
  return { unit, isSystem, path, isEnabled: places.some((place) => isWanted(place, unit)) };
}

/** Whether a target in this folder starts the unit. */
function isWanted(folder: string, unit: string): boolean {
  return namesIn(folder)
    .filter((name) => name.endsWith(".wants") || name.endsWith(".requires"))
    .some((name) => isLink(`${folder}/${name}/${unit}`));
}

/** The command line that controls a unit: a user needs sudo for a unit of the system. */
export function systemctlLine(
  verb: string,
  { unit, isSystem }: Pick<PackagedUnit, "unit" | "isSystem">,
): string {
  const isRoot = process.geteuid?.() === 0;
  const program = isSystem ? `${isRoot ? "" : "sudo "}systemctl` : "systemctl --user";
  return `${program} ${verb} ${unit}`;
}

function isLink(path: string): boolean {
  try {
    readlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The names in a folder; none if it can't be read. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
