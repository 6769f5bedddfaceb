import { absoluteFolders } from "../process/path-folders.ts";
import { ambientNames, type Environment } from "../token/dependencies.ts";
import type { Variable } from "./service.ts";

/** The variables of the shell's environment that a service gets, and those that it does not get. */
export interface CarriedEnvironment {
  readonly variables: readonly Variable[];
  /** Variables that are set in the shell, by the reason why the service does not get them. */
  readonly omitted: Readonly<Record<Reason, readonly string[]>>;
}

/**
 * identity: chooses the AWS identity, or is a key. secret: may contain a password. unusable: means something else in
 * another folder, or contains what a unit can't. foreign: set in another user's shell.
 */
export type Reason = "identity" | "secret" | "unusable" | "foreign";

/** Where the files are: without these the service would store other tokens than builds read. */
const paths = [
  "XDG_CONFIG_HOME",
  "XDG_STATE_HOME",
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_CA_BUNDLE",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
];

const addresses = /^(?:https?_proxy|AWS_ENDPOINT_URL\w*|AWS_EC2_METADATA_SERVICE_ENDPOINT)$/i;

const settings = [
  "NO_PROXY",
  "no_proxy",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
  "AWS_USE_FIPS_ENDPOINT",
  "AWS_USE_DUALSTACK_ENDPOINT",
  "AWS_EC2_METADATA_DISABLED",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
];

/**
 * Sorts the environment of the shell that installs a service. Paths and settings go into the service. Keys and names of
 * identities do not: the shell that has them has ended by the time they must be renewed.
 *
 * @param options.home of the account, which its service manager sets
 * @param options.isSystem a system service gets neither PATH nor HOME of the user who installs it
 * @param options.isOwnShell the shell belongs to the account
 */
export function selectEnvironment(
  env: Environment,
  options: { readonly home: string; readonly isSystem: boolean; readonly isOwnShell: boolean },
): CarriedEnvironment {
  const variables: Variable[] = [];
  const omitted: Record<Reason, string[]> = { identity: [], secret: [], unusable: [], foreign: [] };
  for (const [name, given] of Object.entries(env).sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (given === undefined || given === "") continue;
    const kind = kindOf(name);
    if (kind === undefined) continue;
    if (kind === "identity") omitted.identity.push(name);
    else if (kind === "shell") {
      // A credential_process needs the PATH; a relative folder would be another one in the service.
      const value = name === "PATH" ? absoluteFolders(given).join(":") : given;
      const isNeeded = name === "PATH" || (given.startsWith("/") && given !== options.home);
      if (!options.isSystem && isNeeded && isPrintable(value)) variables.push({ name, value });
    } else if (!options.isOwnShell) omitted.foreign.push(name);
    else if (!isPrintable(given)) omitted.unusable.push(name);
    else if (kind === "path" && !isUsablePath(name, given)) omitted.unusable.push(name);
    else if (kind === "address" && !isPlainAddress(given)) omitted.secret.push(name);
    else variables.push({ name, value: given });
  }
  return { variables, omitted };
}

type Kind = "identity" | "path" | "address" | "setting" | "shell";

function kindOf(name: string): Kind | undefined {
  if (name === "HOME" || name === "PATH") return "shell";
  if (paths.includes(name)) return "path";
  if (addresses.test(name)) return "address";
  if (settings.includes(name)) return "setting";
  return ambientNames.includes(name) || name === "AWS_DEFAULT_PROFILE" ? "identity" : undefined;
}

/** Only AWS's SDKs accept a path that starts at the home folder. */
function isUsablePath(name: string, path: string): boolean {
  return path.startsWith("/") || (name.startsWith("AWS_") && path.startsWith("~/"));
}

/** Only a scheme, a host, a port and a path: a part before "@" has a password. */
function isPlainAddress(address: string): boolean {
  return /^(?:[a-z][a-z\d+.-]*:\/\/)?[^\s/?#@]+(?:\/[^?#@]*)?$/i.test(address);
}

function isPrintable(value: string): boolean {
  return value !== "" && !/\p{Cc}|\ufffd/u.test(value);
}
