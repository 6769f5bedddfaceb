import type { Environment } from "../token/dependencies.ts";
import { type Identity, profileVariable } from "../token/identity.ts";
import type { AwsCredentials } from "./aws-credentials.ts";
import { type AwsFiles, parseAwsFiles, type ReadFiles } from "./config-files.ts";
import { environmentKeys, hasContainer } from "./environment.ts";
import type { OldKeys } from "./old-files.ts";
import { profileOption } from "./profile-option.ts";
import { incomplete, profileNotFound, refusalOfUnused } from "./profile-refusals.ts";
import { assumedRoles, profileSource } from "./profile-source.ts";

/** Where the first credentials of an identity come from. `profile`: whose settings say so; absent: the environment's. */
export type CredentialSource =
  | { readonly kind: "environment" | "static"; readonly profile?: string; readonly keys: AwsCredentials }
  | WebIdentitySource
  | SsoSource
  | LoginSource
  | ProcessSource
  | { readonly kind: "container" | "instance"; readonly profile?: string }
  | OldFileSource;

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
  /** Absent: the older form, whose sign-in is kept by its start URL. */
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
  /** The file that names the command, and "FILE:LINE". */
  readonly path: string;
  readonly where: string;
}

export interface LoginSource {
  readonly kind: "login";
  readonly profile: string;
  readonly session: string;
  readonly region?: string;
}

/** A file of AWS's oldest tools. */
export interface OldFileSource extends OldKeys {
  readonly kind: "old-file";
  readonly profile?: undefined;
}

/** A role that a profile names. */
export interface ProfileRole {
  readonly profile: string;
  readonly roleArn: string;
  readonly sessionName?: string;
  readonly externalId?: string;
  /** Seconds, as it is written. */
  readonly duration?: string;
}

/** What serves an identity: fetching, the conditions of its tokens and every message go by this. */
export interface Decision {
  readonly source: CredentialSource;
  /** The roles that are assumed from there, one by the other. */
  readonly roles: readonly ProfileRole[];
}

/** The profile whose settings hold for an identity, and what names it. */
export interface ChosenProfile {
  readonly name: string;
  readonly by: "config.yaml" | "AWS_PROFILE" | "AWS_DEFAULT_PROFILE" | "default";
}

export function chosenProfile(identity: Identity, env: Environment): ChosenProfile {
  switch (identity.kind) {
    case "profile":
      return { name: identity.profile, by: "config.yaml" };
    case "ambient": {
      const variable = profileVariable(env);
      return variable ? { name: variable.profile, by: variable.name } : { name: "default", by: "default" };
    }
    case "role":
      return chosenProfile(identity.source, env);
  }
}

/**
 * The AWS files for an identity. Keys in the environment need none: there a file that can't be parsed counts as empty.
 *
 * @throws Failure AWS_FILE_INVALID
 */
export function filesFor(identity: Identity, env: Environment, read: ReadFiles): AwsFiles {
  if ("files" in read) return read.files;
  const needsFiles = chosenProfile(identity, env).by !== "default" || !environmentKeys(env);
  if (needsFiles) throw read.failure;
  return parseAwsFiles({ configPath: "", credentialsPath: "", variables: [] }, "", "");
}

/**
 * Decides where an identity's credentials come from, in the order of the AWS CLI (botocore's
 * create_credential_resolver). It is stricter in one point: a named profile that has settings for credentials and
 * yields none is refused, where the CLI goes on to the container's or the instance's role. Of a role of config.yaml
 * it decides the source.
 *
 * @throws Failure PROFILE_NOT_FOUND, PROFILE_INCOMPLETE, MFA_REQUIRED, NO_CREDENTIALS, AWS_FILE_INVALID
 */
export function decideSource(identity: Identity, env: Environment, files: AwsFiles): Decision {
  if (identity.kind === "role") return decideSource(identity.source, env, files);
  const { name, by } = chosenProfile(identity, env);
  const isNamed = by !== "default";
  const profile = files.profile(name);
  if (isNamed && !profile) throw profileNotFound(files, name);
  // As with the CLI's --profile: what names a profile in config.yaml goes before the environment.
  const ambient = identity.kind === "ambient" ? env : undefined;
  const keys = ambient && environmentKeys(ambient);
  if (keys) return { source: { kind: "environment", keys }, roles: [] };
  if (profile?.has("role_arn") && !profile.has("web_identity_token_file")) {
    return assumedRoles(name, files, env);
  }
  const source = profileSource(name, files, ambient);
  if (source) return { source, roles: [] };
  const refusal = isNamed && profile && refusalOfUnused(name, profile);
  if (refusal) throw refusal;
  if (!ambient) {
    throw incomplete(
      name,
      profile,
      "it has no settings for them",
      `give it keys, a role with source_profile or credential_source, or a sign-in (aws configure sso${profileOption(name)})`,
    );
  }
  const old = files.oldKeys();
  if (old) return { source: { kind: "old-file", ...old }, roles: [] };
  return { source: { kind: hasContainer(env) ? "container" : "instance" }, roles: [] };
}

/**
 * Whether credentials may be those of the container's or the instance's role, so that another machine or pod with
 * the same files and environment is another principal. A credential_process may ask for either.
 */
export function isOfMachine({ source }: Decision): boolean {
  return source.kind === "container" || source.kind === "instance" || source.kind === "process";
}

/** Whether no profile says where the credentials come from, so that a file of AWS's oldest tools is looked for. */
export function usesOldFiles({ source }: Decision): boolean {
  const { kind, profile } = source;
  return kind === "old-file" || (profile === undefined && (kind === "container" || kind === "instance"));
}
