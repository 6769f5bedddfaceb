import { sha256 } from "./checksum.ts";

/** What an identity depends on: where one of these changes, a token that was got under it no longer answers. */
export interface Dependencies {
  readonly environment: EnvironmentDependency;
  readonly files: readonly FileDependency[];
  /**
   * The boot of the machine whose own role asked, where nothing in the environment or the files says who
   * does: the folder may be shared with other machines, or baked into an image.
   */
  readonly boot?: string;
}

export interface EnvironmentDependency {
  readonly names: readonly string[];
  /** SHA-256 over names and values: no value can be read out of it. */
  readonly fingerprint: string;
}

export interface FileDependency {
  readonly path: string;
  /** See `stampOf`. */
  readonly stamp: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where files and endpoints are looked for, whoever the identity is. */
const placeNames = [
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

/** What the default credential chain takes its credentials from. AWS_REGION is not here: the region comes from the host. */
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

/** Names of the environment variables that change who asks, for an identity that the ambient chain serves. */
export const ambientNames: readonly string[] = [...placeNames, ...credentialNames];

/** The same for a profile or role named by the config: nobody's AWS_PROFILE nor keys play a part. */
export const namedNames: readonly string[] = placeNames;

/** SHA-256, in hex, of the named variables; unset differs from empty. */
export function environmentFingerprint(names: readonly string[], env: Environment): string {
  let text = "";
  for (const name of names) {
    const value = env[name];
    // No value holds a NUL, so none can be read as the end of another.
    text += value === undefined ? `${name}\0` : `${name}=${value}\0`;
  }
  return sha256(text);
}

/** SHA-256, in hex, of a JSON value. */
export function fingerprint(value: unknown): string {
  return sha256(JSON.stringify(value));
}

/** What of a file's metadata shows that it was edited or replaced. Times in nanoseconds since the epoch. */
export interface FileStamp {
  readonly mtime: bigint;
  readonly ctime: bigint;
  readonly size: bigint;
  readonly ino: bigint;
}

/**
 * The stamp of a file: any edit changes it, the change time even where the time of modification was
 * kept. A file that can't be read counts as absent, as it does for the AWS SDK.
 */
export function stampOf(file: FileStamp | "absent"): string {
  return file === "absent" ? file : `${file.mtime}-${file.ctime}-${file.size}-${file.ino}`;
}
