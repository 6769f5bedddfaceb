import type { AwsCredentials } from "./aws-credentials.ts";
import type { OldKeys } from "./old-files.ts";

/**
 * The source of an identity's first credentials. `profile`: the profile whose settings define it; absent: the
 * environment defines it.
 */
export type CredentialSource =
  | { readonly kind: "environment" | "static"; readonly profile?: string; readonly keys: AwsCredentials }
  | WebIdentitySource
  | SsoSource
  | LoginSource
  | ProcessSource
  | { readonly kind: "container" | "instance"; readonly profile?: string }
  | OldFileSource
  | ServiceAccountSource;

export interface WebIdentitySource {
  readonly kind: "web-identity";
  readonly profile?: string;
  readonly tokenFile: string;
  readonly roleArn: string;
  readonly sessionName?: string;
}

export interface SsoSource {
  readonly kind: "sso";
  readonly profile: string;
  /** Absent: the older form, whose sign-in is stored under its start URL. */
  readonly session?: string;
  readonly startUrl: string;
  readonly region: string;
  readonly account: string;
  readonly role: string;
}

export interface ProcessSource {
  readonly kind: "process";
  readonly profile: string;
  readonly command: string;
  /** The file that contains the command, and "FILE:LINE". */
  readonly path: string;
  readonly where: string;
}

export interface LoginSource {
  readonly kind: "login";
  readonly profile: string;
  readonly session: string;
  readonly region?: string;
}

/** The token that kubelet sends with a request. */
export interface ServiceAccountSource {
  readonly kind: "service-account";
  readonly profile?: undefined;
  readonly roleArn: string;
  /** A secret. */
  readonly token: string;
}

/** A file of AWS's oldest tools. */
export interface OldFileSource extends OldKeys {
  readonly kind: "old-file";
  readonly profile?: undefined;
}

/** A role that a profile assumes. */
export interface ProfileRole {
  readonly profile: string;
  readonly roleArn: string;
  readonly sessionName?: string;
  readonly externalId?: string;
  /** Seconds, as written in the file. */
  readonly duration?: string;
}

/** The credential source of an identity: fetching, the conditions of its tokens and every message use it. */
export interface Decision {
  readonly source: CredentialSource;
  /** The roles that are assumed from the source, each by the previous one. */
  readonly roles: readonly ProfileRole[];
}
