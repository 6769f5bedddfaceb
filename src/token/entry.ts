import type { Dependencies } from "./dependencies.ts";
import type { Life } from "./life.ts";

/** The format written today: docs/token-file.md. A file with any other number counts as absent. */
export const entryFormat = 2;

export type EntryKind = "token" | "authorization" | "login" | "logout";

/** The first line of an entry's file. */
export function entryHeader(kind: EntryKind): string {
  return `docker-credential-ecr ${entryFormat} ${kind}\n`;
}

/** A registry's token file: the answer and the conditions under which it holds. */
export interface RegistryEntry {
  readonly format: typeof entryFormat;
  readonly host: string;
  readonly username: string;
  readonly secret: string;
  readonly life: Life;
  readonly dependencies: Dependencies;
  /** For a person: who asked. Nothing secret. */
  readonly identity: string;
  /** The key of the authorization that this was copied from. */
  readonly authorization: string;
}

/** The authorization token of one identity in one region, whatever registry it was asked for. */
export interface AuthorizationEntry {
  readonly format: typeof entryFormat;
  readonly identity: string;
  readonly region: string;
  readonly username: string;
  readonly secret: string;
  readonly life: Life;
  /** When the credentials that asked for it end, by this machine's clock. */
  readonly sessionEndsAt?: number;
}

/** An explicit `docker login`, honoured until its own expiry. */
export interface LoginEntry {
  readonly format: typeof entryFormat;
  readonly host: string;
  readonly username: string;
  readonly secret: string;
  readonly life: Life;
}

/** What a `docker logout` leaves for a moment, since Docker erases one login up to four times in a row. */
export interface LogoutEntry {
  readonly format: typeof entryFormat;
  readonly host: string;
  readonly loggedOutAt: number;
}

/** An entry in whose file the secret is encrypted; the rest, which tells whether it holds, is not. */
export type Sealed<Entry> = Omit<Entry, "secret"> & { readonly sealed: string };

/** A fetch that failed, for those who waited for it and for `status`. No secret in it. */
export interface FailureEntry {
  readonly format: typeof entryFormat;
  readonly at: number;
  readonly endpoint: string;
  /** The registry that it was met for, which `what` names. */
  readonly host: string;
  readonly code: string;
  readonly what: string;
  readonly fix: string;
  /** Of what could end the failure; absent: unknown, and it answers no later request. */
  readonly conditions?: string;
}

/** ECR's authorization token, decoded. */
export interface AuthorizationToken {
  /** "AWS" in all that ECR has issued so far. */
  readonly username: string;
  readonly password: string;
  /** When ECR stops to accept it; milliseconds since the epoch, by AWS's clock. */
  readonly expiresAt: number;
  /** AWS's clock minus ours when the token was issued, in milliseconds; 0 where AWS did not tell. */
  readonly clockSkew: number;
  /** When the credentials that asked for it end, milliseconds since the epoch by AWS's clock; absent: not known to end. */
  readonly sessionEndsAt?: number;
}
