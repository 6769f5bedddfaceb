import type { Dependencies } from "./dependencies.ts";
import type { Life } from "./life.ts";

/** The current format: docs/token-file.md. A file with another number counts as absent. */
export const entryFormat = 2;

export type EntryKind = "token" | "authorization" | "login" | "logout";

/** The first line of an entry's file. */
export function entryHeader(kind: EntryKind): string {
  return `docker-credential-ecr ${entryFormat} ${kind}\n`;
}

/** A registry's token file: the credential and the conditions under which it is valid. */
export interface RegistryEntry {
  readonly format: typeof entryFormat;
  readonly host: string;
  readonly username: string;
  readonly secret: string;
  readonly life: Life;
  readonly dependencies: Dependencies;
  /** A description of the identity for users. Not secret. */
  readonly identity: string;
  /** The key of the authorization that this was copied from. */
  readonly authorization: string;
}

/** The authorization token of an identity in a region; it is valid for all of its registries there. */
export interface AuthorizationEntry {
  readonly format: typeof entryFormat;
  readonly identity: string;
  readonly region: string;
  readonly username: string;
  readonly secret: string;
  readonly life: Life;
  /** When the credentials with which it was fetched expire, by this machine's clock. */
  readonly sessionEndsAt?: number;
}

/** An explicit `docker login`, used until it expires. */
export interface LoginEntry {
  readonly format: typeof entryFormat;
  readonly host: string;
  readonly username: string;
  readonly secret: string;
  readonly life: Life;
}

/** A `docker logout`, stored for a moment, since Docker erases one login up to four times in a row. */
export interface LogoutEntry {
  readonly format: typeof entryFormat;
  readonly host: string;
  readonly loggedOutAt: number;
}

/** An entry with an encrypted secret. The rest, which decides whether the entry is valid, is in plain text. */
export type Sealed<Entry> = Omit<Entry, "secret"> & { readonly sealed: string };

/** A failed fetch, for the processes that waited for it and for `status`. Contains no secret. */
export interface FailureEntry {
  readonly format: typeof entryFormat;
  readonly at: number;
  readonly endpoint: string;
  /** The registry that `what` names. */
  readonly host: string;
  readonly code: string;
  readonly what: string;
  readonly fix: string;
  /** A fingerprint of the settings that could end the failure; absent: unknown, so later requests don't use it. */
  readonly conditions?: string;
}

/** ECR's authorization token, decoded. */
export interface AuthorizationToken {
  /** ECR has always used "AWS". */
  readonly username: string;
  readonly password: string;
  /** When ECR stops accepting it; milliseconds since the epoch, by AWS's clock. */
  readonly expiresAt: number;
  /** AWS's clock minus the local clock when the token was issued, in milliseconds; 0 if AWS sent no time. */
  readonly clockSkew: number;
  /** When the credentials with which it was fetched expire, milliseconds since the epoch by AWS's clock; absent: unknown. */
  readonly sessionEndsAt?: number;
}
