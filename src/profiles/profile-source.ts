import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { nearestOf } from "../token/nearest.ts";
import type { AwsCredentials } from "./aws-credentials.ts";
import { type AwsFiles, type Profile, whereIs } from "./config-files.ts";
import type { CredentialSource, Decision, ProfileRole } from "./credential-source.ts";
import { environmentKeys, hasContainer } from "./environment.ts";
import { incomplete, mfaRequired, profileNotFound } from "./profile-refusals.ts";
import { profileOption } from "./shell-words.ts";
import { ssoSource } from "./sso-source.ts";

/**
 * The credential source in a profile's own settings, without roles, in the order of botocore's ProfileProviderBuilder:
 * web identity, SSO, keys of the credentials file, `aws login`, credential_process, keys of the config file.
 *
 * @param env may define a web identity; absent: the environment is ignored
 * @returns undefined for a profile without settings for credentials
 * @throws Failure PROFILE_INCOMPLETE
 */
export function profileSource(
  name: string,
  files: AwsFiles,
  env?: Environment,
): CredentialSource | undefined {
  const profile = files.profile(name);
  return (
    webIdentity(name, profile, env) ??
    ssoSource(name, files) ??
    keysIn(name, files.profileIn("credentials", name)) ??
    login(name, profile) ??
    process(name, profile) ??
    keysIn(name, files.profileIn("config", name))
  );
}

function webIdentity(
  name: string,
  profile: Profile | undefined,
  env: Environment | undefined,
): CredentialSource | undefined {
  const tokenFile = env?.AWS_WEB_IDENTITY_TOKEN_FILE ?? profile?.get("web_identity_token_file")?.value;
  if (!tokenFile) return undefined;
  const roleArn = env?.AWS_ROLE_ARN || profile?.get("role_arn")?.value;
  const byVariable = Boolean(env?.AWS_WEB_IDENTITY_TOKEN_FILE);
  if (!roleArn) {
    if (!byVariable) {
      const why = `web_identity_token_file ${locationOf(profile, "web_identity_token_file")}has no role_arn next to it`;
      throw incomplete(name, profile, why, `add role_arn to profile ${name}`);
    }
    throw new Failure(
      "NO_CREDENTIALS",
      "AWS_WEB_IDENTITY_TOKEN_FILE is set in the environment and AWS_ROLE_ARN is not",
      "set AWS_ROLE_ARN to the role that the token is for, or unset AWS_WEB_IDENTITY_TOKEN_FILE",
    );
  }
  // An empty value counts as unset.
  const sessionName = env?.AWS_ROLE_SESSION_NAME || profile?.get("role_session_name")?.value;
  return {
    kind: "web-identity",
    ...(!byVariable && { profile: name }),
    tokenFile,
    roleArn,
    ...(sessionName && { sessionName }),
  };
}

/** The keys of one file: the AWS CLI never combines half a pair from each file. */
function keysIn(name: string, profile: Profile | undefined): CredentialSource | undefined {
  const id = profile?.get("aws_access_key_id");
  if (!profile || !id) return undefined;
  const secret = profile.get("aws_secret_access_key");
  const refused = (why: string, lacking: string) =>
    incomplete(name, profile, why, `add ${lacking} to the same section, or remove the other key`);
  if (id.value === "") throw refused(`aws_access_key_id (${whereIs(id)}) is empty`, "aws_access_key_id");
  if (!secret?.value) {
    const why = secret
      ? `aws_secret_access_key (${whereIs(secret)}) is empty`
      : `aws_access_key_id (${whereIs(id)}) has no aws_secret_access_key next to it`;
    throw refused(why, "aws_secret_access_key");
  }
  const token = profile.get("aws_security_token") ?? profile.get("aws_session_token");
  const keys: AwsCredentials = {
    accessKeyId: id.value,
    secretAccessKey: secret.value,
    ...(token?.value && { sessionToken: token.value }),
  };
  return { kind: "static", profile: name, keys };
}

function login(name: string, profile: Profile | undefined): CredentialSource | undefined {
  const session = profile?.get("login_session");
  if (!session) return undefined;
  if (/\s/.test(session.value)) {
    // The AWS CLI finds no sign-in with such a name.
    const why = `login_session (${whereIs(session)}) contains a blank, which no sign-in has; a comment needs its own line`;
    throw incomplete(
      name,
      profile,
      why,
      `remove what follows the name, or run 'aws login${profileOption(name)}'`,
    );
  }
  const region = profile?.get("region")?.value;
  const isRegion = region !== undefined && /^[\w-]+$/.test(region);
  return { kind: "login", profile: name, session: session.value, ...(isRegion && { region }) };
}

function process(name: string, profile: Profile | undefined): CredentialSource | undefined {
  const command = profile?.get("credential_process");
  if (!command) return undefined;
  if (command.value !== "") {
    const { value, path } = command;
    return { kind: "process", profile: name, command: value, path, where: whereIs(command) };
  }
  const why = `credential_process (${whereIs(command)}) is empty`;
  throw incomplete(name, profile, why, "write the command there, or remove the setting");
}

/**
 * Follows a profile with a role to the source of its credentials, as botocore's AssumeRoleProvider does.
 *
 * @throws Failure PROFILE_INCOMPLETE, PROFILE_NOT_FOUND, MFA_REQUIRED, NO_CREDENTIALS
 */
export function assumedRoles(first: string, files: AwsFiles, env: Environment): Decision {
  const roles: ProfileRole[] = [];
  const visited = [first];
  const decided = (source: CredentialSource): Decision => ({ source, roles: roles.toReversed() });
  for (let name = first; ; ) {
    const profile = files.profile(name) ?? new Map();
    const role = roleOf(name, profile);
    roles.push(role);
    const named = profile.get("credential_source");
    const next = profile.get("source_profile");
    const serial = profile.get("mfa_serial");
    if (named && next) {
      const why = `it has both source_profile (${whereIs(next)}) and credential_source (${whereIs(named)})`;
      throw incomplete(name, profile, why, "remove one of them");
    }
    if (!named && !next) {
      const why = `role_arn ${locationOf(profile, "role_arn")}has neither source_profile nor credential_source next to it`;
      throw incomplete(name, profile, why, `add source_profile or credential_source to profile ${name}`);
    }
    if (serial) throw mfaRequired(name, serial);
    if (named) return decided(namedSource(name, profile, env));
    const source = files.profile(next.value);
    if (!source) throw profileNotFound(files, next.value, next);
    const hasKeys = source.has("aws_access_key_id") || source.has("aws_secret_access_key");
    if (visited.includes(next.value) && !(next.value === name && hasKeys)) {
      const why = `source_profile (${whereIs(next)}) leads to a loop: ${[...visited, next.value].join(" → ")}`;
      throw incomplete(
        name,
        profile,
        why,
        "use a profile with its own credentials as the last source_profile",
      );
    }
    visited.push(next.value);
    name = next.value;
    if (!hasKeys && source.has("role_arn") && !source.has("web_identity_token_file")) continue;
    const last = profileSource(name, files) ?? sourceWithoutRole(name, source, env);
    if (last) return decided(last);
    const why = `it is the source_profile of ${whereIs(next)} and has no credentials`;
    throw incomplete(
      name,
      source,
      why,
      `give profile ${name} keys, a sign-in or a role, or name another source_profile`,
    );
  }
}

function roleOf(name: string, profile: Profile): ProfileRole {
  const settingOf = (setting: string) => profile.get(setting)?.value;
  const [sessionName, externalId, duration] = ["role_session_name", "external_id", "duration_seconds"].map(
    settingOf,
  );
  return {
    profile: name,
    roleArn: settingOf("role_arn") ?? "",
    ...(sessionName && { sessionName }),
    ...(externalId && { externalId }),
    ...(duration && { duration }),
  };
}

/** AWS's SDKs for Go and JavaScript accept it; the CLI refuses it. */
function sourceWithoutRole(name: string, profile: Profile, env: Environment): CredentialSource | undefined {
  const isNamed = profile.has("credential_source") && !profile.has("source_profile");
  return isNamed ? namedSource(name, profile, env) : undefined;
}

const namedSources = ["Environment", "EcsContainer", "Ec2InstanceMetadata"];

function namedSource(name: string, profile: Profile, env: Environment): CredentialSource {
  const setting = profile.get("credential_source");
  const where = locationOf(profile, "credential_source");
  const none = (why: string, fix: string) =>
    new Failure(
      "NO_CREDENTIALS",
      `the credential_source of profile ${name} ${where}has none: ${why}`,
      `${fix}, or use another source`,
    );
  switch (setting?.value) {
    case "Environment": {
      const keys = environmentKeys(env);
      if (keys) return { kind: "environment", profile: name, keys };
      throw none(
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set",
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
      );
    }
    case "EcsContainer":
      if (hasContainer(env)) return { kind: "container", profile: name };
      throw none(
        "the environment contains no container credentials endpoint",
        "set AWS_CONTAINER_CREDENTIALS_FULL_URI to it",
      );
    case "Ec2InstanceMetadata":
      return { kind: "instance", profile: name };
    default: {
      const nearest = nearestOf(setting?.value ?? "", namedSources);
      throw incomplete(
        name,
        profile,
        `credential_source ${locationOf(profile, "credential_source")}is ${setting?.value || "empty"}, which does not exist`,
        nearest === undefined ? `set it to ${namedSources.join(", ")}` : `set it to ${nearest}`,
      );
    }
  }
}

/** "(FILE:LINE) ", for a message. */
function locationOf(profile: Profile | undefined, name: string): string {
  const setting = profile?.get(name);
  return setting ? `(${whereIs(setting)}) ` : "";
}
