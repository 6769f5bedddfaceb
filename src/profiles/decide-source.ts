import type { Environment } from "../token/dependencies.ts";
import { type Identity, profileVariable } from "../token/identity.ts";
import { type AwsFiles, parseAwsFiles, type ReadFiles } from "./config-files.ts";
import type { Decision } from "./credential-source.ts";
import { environmentKeys, hasContainer } from "./environment.ts";
import { incomplete, profileNotFound, refusalOfUnused } from "./profile-refusals.ts";
import { assumedRoles, profileSource } from "./profile-source.ts";
import { profileOption } from "./shell-words.ts";

/** The profile whose settings apply to an identity, and what chose it. */
export interface ChosenProfile {
  readonly name: string;
  readonly by: "config.yaml" | "AWS_PROFILE" | "AWS_DEFAULT_PROFILE" | "default";
}

export function chosenProfile(identity: Identity, env: Environment): ChosenProfile {
  switch (identity.kind) {
    case "profile":
      return { name: identity.profile, by: "config.yaml" };
    case "ambient":
    case "service-account": {
      const variable = profileVariable(env);
      return variable ? { name: variable.profile, by: variable.name } : { name: "default", by: "default" };
    }
    case "role":
      return chosenProfile(identity.source, env);
  }
}

/**
 * The AWS files for an identity. Keys in the environment need none: with them a file that can't be parsed counts as
 * empty.
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
 * yields none is refused, where the CLI goes on to the role of the container or instance. For a role of config.yaml it
 * decides the source.
 *
 * @throws Failure PROFILE_NOT_FOUND, PROFILE_INCOMPLETE, MFA_REQUIRED, NO_CREDENTIALS, AWS_FILE_INVALID
 */
export function decideSource(identity: Identity, env: Environment, files: AwsFiles): Decision {
  if (identity.kind === "role") return decideSource(identity.source, env, files);
  if (identity.kind === "service-account") return { source: identity, roles: [] };
  const { name, by } = chosenProfile(identity, env);
  const isNamed = by !== "default";
  const profile = files.profile(name);
  if (isNamed && !profile) throw profileNotFound(files, name);
  // Like the CLI's --profile: a profile named in config.yaml takes precedence over the environment.
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
 * Whether the credentials may come from the role of the container or instance, so that another machine or pod with the
 * same files and environment is another principal. A credential_process may use either role.
 */
export function dependsOnMachine({ source }: Decision): boolean {
  return source.kind === "container" || source.kind === "instance" || source.kind === "process";
}

/** Whether no profile defines the source of the credentials, so that the files of AWS's oldest tools are searched. */
export function usesOldFiles({ source }: Decision): boolean {
  const { kind, profile } = source;
  return kind === "old-file" || (profile === undefined && (kind === "container" || kind === "instance"));
}
