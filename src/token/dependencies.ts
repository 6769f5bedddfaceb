import { sha256 } from "./checksum.ts";
import { isMeant } from "./variable-patterns.ts";

/** What an identity depends on. A token that was fetched under it is no longer used once one of these has changed. */
export interface Dependencies {
  readonly environment: EnvironmentDependency;
  readonly files: readonly FileDependency[];
  /**
   * The machine's boot ID, if the credentials come from the machine, such as an instance role: the state folder may be
   * shared with other machines or be part of an image.
   */
  readonly boot?: string;
}

export interface EnvironmentDependency {
  /** "AWS_*": all variables that begin with "AWS_", except `harmlessNames`. "*": all except `sessionNames`. */
  readonly names: readonly string[];
  /** SHA-256 of names and values: it reveals no value. */
  readonly fingerprint: string;
}

export interface FileDependency {
  readonly path: string;
  /** See `stampOf`. */
  readonly stamp: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that locate files and endpoints, for every identity. */
const locationNames = [
  "HOME",
  "XDG_CONFIG_HOME",
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_ECR",
  "AWS_ENDPOINT_URL_ECR_PUBLIC",
  "AWS_ENDPOINT_URL_STS",
  "AWS_ENDPOINT_URL_SSO",
  "AWS_ENDPOINT_URL_SSO_OIDC",
  "AWS_ENDPOINT_URL_SIGNIN",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
] as const;

/** Variables of the default credential chain. Without AWS_REGION: the registry's host determines the region. */
const credentialNames = [
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CREDENTIAL_FILE",
  "BOTO_CONFIG",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  "AWS_EC2_METADATA_DISABLED",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
] as const;

/** The variables that an identity of the default credential chain depends on. */
export const ambientNames: readonly string[] = [...locationNames, ...credentialNames];

/** The variables that a profile or role of config.yaml depends on: AWS_PROFILE and keys are ignored. */
export const namedNames: readonly string[] = locationNames;

/**
 * The SHA-256, in hex, of the named variables; unset differs from empty. A name that ends with "*" means all variables that
 * begin with it.
 */
export function environmentFingerprint(names: readonly string[], env: Environment): string {
  let text = "";
  for (const name of names) {
    if (name.endsWith("*")) {
      text += `${name}=\0${matchingVariables(name, env)}`;
      continue;
    }
    // Not a method of every object, such as "constructor".
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    // No value contains a NUL, so two different environments give different texts.
    text += value === undefined ? `${name}\0` : `${name}=${value}\0`;
  }
  return sha256(text);
}

function matchingVariables(pattern: string, env: Environment): string {
  const matching = Object.entries(env).filter(
    ([name, value]) => value !== undefined && isMeant(name, pattern),
  );
  return matching
    .map(([name, value]) => `${name}=${value}\0`)
    .sort()
    .join("");
}

/** SHA-256, in hex, of a JSON value. */
export function fingerprint(value: unknown): string {
  return sha256(JSON.stringify(value));
}

/** The metadata that change when a file is edited or replaced. Times in nanoseconds since the epoch. */
export interface FileStamp {
  readonly mtime: bigint;
  readonly ctime: bigint;
  readonly size: bigint;
  readonly ino: bigint;
}

/**
 * The stamp of a file. Any edit changes it: the change time even if the modification time was restored. A file that can't
 * be read counts as absent, as for the AWS SDK.
 */
export function stampOf(file: FileStamp | "absent"): string {
  return file === "absent" ? file : `${file.mtime}-${file.ctime}-${file.size}-${file.ino}`;
}
