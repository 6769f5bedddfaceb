import { accessSync, constants, statSync } from "node:fs";
import { parseKnownFiles } from "@smithy/core/config";
import type { Environment } from "../../token/dependencies.ts";
import { Failure } from "../../token/failure.ts";
import type { Identity } from "../../token/identity.ts";
import { type AwsPlaces, awsPlaces } from "./file-paths.ts";

export type Profile = Readonly<Record<string, string | undefined>>;

/** The AWS config and credentials files as one, the way the SDK lays them over each other. */
export interface Profiles extends AwsPlaces {
  /** Looks why a file that is there can't be read, one each: for an error, since a get has no use for it. */
  unread(): readonly string[];
  /** Profiles by name; other sections as "sso-session.NAME" and "services.NAME". */
  readonly sections: Readonly<Record<string, Profile | undefined>>;
}

/** Reads the files anew. The SDK's own cache of them is filled with the same, for the loaders that have no say in it. */
export async function readProfiles(env: Environment, home: string): Promise<Profiles> {
  const { configPath, credentialsPath } = awsPlaces(env, home);
  const parsed = await parseKnownFiles({
    filepath: credentialsPath,
    configFilepath: configPath,
    ignoreCache: true,
  });
  // A profile may be called like a property of every object, "constructor" for one.
  const sections = Object.assign(Object.create(null), parsed);
  const unread = () => [configPath, credentialsPath].flatMap((path) => troubleWith(path) ?? []);
  return { configPath, credentialsPath, sections, unread };
}

/** The SDK takes a file that it can't read for none. */
function troubleWith(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isDirectory() ? `${path} is a folder` : undefined;
  } catch (error) {
    const { code = "unknown error" } = error as { code?: string };
    return code === "ENOENT" || code === "ENOTDIR" ? undefined : `${path} can't be read (${code})`;
  }
}

/** The profile whose settings (endpoints, CA bundle, FIPS) hold for an identity. */
export function profileNameOf(identity: Identity, env: Environment): string {
  switch (identity.kind) {
    case "profile":
      return identity.profile;
    case "ambient":
      return env.AWS_PROFILE || "default";
    case "role":
      return profileNameOf(identity.source, env);
  }
}

/** Where the credentials of a profile come from in the end, after its chain of source profiles. */
export interface CredentialSource {
  readonly kind: "static" | "web-identity" | "process" | "sso" | "login" | "named" | "none";
  /** The last profile of the chain. */
  readonly profile: string;
  /** From the profile itself to the last one. */
  readonly chain: readonly string[];
}

/**
 * Follows a profile to the source of its credentials, in the order in which the SDK looks.
 *
 * @throws Failure PROFILE_NOT_FOUND, MFA_REQUIRED. The SDK tells of both too late: it looks for credentials
 *   elsewhere, or leaves a promise unhandled that then fails.
 */
export function credentialSource(profiles: Profiles, name: string): CredentialSource {
  const seen = new Set<string>();
  const ending = (kind: CredentialSource["kind"]) => ({ kind, profile, chain: [...seen] });
  let profile = name;
  for (;;) {
    const settings = profiles.sections[profile];
    if (!settings) throw profileNotFound(profiles, profile, name);
    const isVisited = seen.size > 0;
    seen.add(profile);
    if (isVisited && isStatic(settings)) return ending("static");
    const { role_arn, source_profile, credential_source, mfa_serial } = settings;
    if (role_arn && mfa_serial && (source_profile || credential_source)) throw mfaRequired(profile);
    // A source profile may also have both sources and no role: the SDK then follows the profile.
    if (source_profile && (role_arn ? !credential_source : isVisited && credential_source)) {
      // The SDK has words of its own for a circle.
      if (seen.has(source_profile) && source_profile !== profile) return ending("none");
      if (source_profile === profile) return ending(isStatic(settings) ? "static" : "none");
      profile = source_profile;
      continue;
    }
    return ending(kindOf(settings, isVisited));
  }
}

/**
 * Whether a profile from which no credentials come was meant to give some: it names a role, or one key of a pair.
 * One that holds a region alone leaves them to the machine.
 */
export function isHalfSet({ sections }: Profiles, name: string): boolean {
  const { role_arn, aws_access_key_id, aws_secret_access_key } = sections[name] ?? {};
  return [role_arn, aws_access_key_id, aws_secret_access_key].some(Boolean);
}

function kindOf(settings: Profile, isVisited: boolean): CredentialSource["kind"] {
  const { credential_source, source_profile, role_arn } = settings;
  if (credential_source && !source_profile && (role_arn || isVisited)) return "named";
  if (isStatic(settings)) return "static";
  if (settings.web_identity_token_file && role_arn) return "web-identity";
  if (settings.credential_process) return "process";
  if (Object.keys(settings).some((key) => ssoKeys.has(key))) return "sso";
  return settings.login_session ? "login" : "none";
}

const ssoKeys: ReadonlySet<string> = new Set([
  "sso_start_url",
  "sso_account_id",
  "sso_session",
  "sso_region",
  "sso_role_name",
]);

function isStatic(settings: Profile): boolean {
  return settings.aws_access_key_id !== undefined && settings.aws_secret_access_key !== undefined;
}

function profileNotFound(profiles: Profiles, name: string, first: string): Failure {
  const { configPath, credentialsPath } = profiles;
  const whose = name === first ? "" : `, which profile ${first} has as a source,`;
  const unread = profiles.unread();
  if (unread.length > 0) {
    const what = `profile ${name}${whose} was not found: ${unread.join(", ")}`;
    return new Failure(
      "PROFILE_NOT_FOUND",
      what,
      "let this user read it: see 'ls -lL' of it and of its folder",
    );
  }
  return new Failure(
    "PROFILE_NOT_FOUND",
    `profile ${name}${whose} is neither in ${configPath} nor in ${credentialsPath}`,
    "add it there (aws configure --profile NAME, aws configure sso), or name another one",
  );
}

function mfaRequired(profile: string): Failure {
  return new Failure(
    "MFA_REQUIRED",
    `profile ${profile} wants a code of an MFA device (mfa_serial), and Docker gives a helper no way to ask for one`,
    "get session keys with 'aws sts get-session-token --serial-number … --token-code …' into a profile and name that " +
      "as source_profile without mfa_serial, or use 'aws configure sso'",
  );
}
