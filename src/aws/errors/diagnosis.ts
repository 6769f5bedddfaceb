import type { Registry } from "../../registry/registry.ts";
import type { Environment } from "../../token/dependencies.ts";
import type { Identity } from "../../token/identity.ts";

/** What is known of an error: a stable code, why in words, what to do about it. Nothing secret in any. */
export interface Diagnosis {
  readonly code: FailureCode;
  readonly why: string;
  readonly mend: string;
}

/** Every code of the AWS room. Scripts may key on them: they are added to, never changed. */
export type FailureCode =
  /** No source of credentials has any. Public registries are then pulled from anonymously. */
  | "NO_CREDENTIALS"
  | "PROFILE_NOT_FOUND"
  /** A config or credentials file of AWS's that can't be parsed. */
  | "AWS_FILE_INVALID"
  /** A profile that names no source of credentials, or half of one. */
  | "PROFILE_INCOMPLETE"
  | "MFA_REQUIRED"
  | "SSO_EXPIRED"
  | "SSO_ROLE_DENIED"
  | "LOGIN_EXPIRED"
  | "PROCESS_FAILED"
  /** Another user could have written the command of a credential_process. */
  | "PROCESS_UNTRUSTED"
  | "WEB_IDENTITY_FILE"
  | "WEB_IDENTITY_REFUSED"
  | "CONTAINER_CREDENTIALS"
  /** The role's trust policy, or the right to assume it. */
  | "ROLE_DENIED"
  | "ROLE_ARN"
  | "ROLE_PARTITION"
  | "ROLE_DURATION"
  /** An IAM action is missing, or denied. */
  | "ACCESS_DENIED"
  | "SESSION_EXPIRED"
  | "KEYS_UNKNOWN"
  | "KEYS_WRONG"
  | "CLOCK_SKEW"
  | "REGION_NOT_ENABLED"
  /** The rules of a registry were asked for by an identity of another account. */
  | "REPLICATION_ACCOUNT"
  | "THROTTLED"
  | "AWS_FAULT"
  /** AWS refused for a reason that this list has no code for. */
  | "AWS_REFUSED"
  /** What answered is not AWS. */
  | "BAD_ANSWER"
  | "BAD_ENDPOINT"
  | "CA_BUNDLE"
  | "TIMEOUT"
  | "DNS"
  | "UNREACHABLE"
  | "TLS"
  | "PROXY"
  | "UNEXPECTED";

/** What was asked for, and for whom. */
export interface Asked {
  readonly wanted: "token" | "replication rules" | "caller";
  readonly registry: Registry;
  readonly identity: Identity;
  readonly env: Environment;
  /** For messages. */
  readonly config?: ConfigPlace;
}

/** The program's own config, and the line that defines the identity; no line: it defines none. */
export interface ConfigPlace {
  readonly path: string;
  readonly line?: number;
}

/** "…/config.yaml:4" */
export function placeIn({ path, line }: ConfigPlace): string {
  return line === undefined ? path : `${path}:${line}`;
}
