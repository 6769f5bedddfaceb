/** The AWS identity under which a token is fetched. */
export type Identity = AmbientIdentity | ProfileIdentity | RoleIdentity | ServiceAccountIdentity;

/** The default credential chain, in this process's environment. */
export interface AmbientIdentity {
  readonly kind: "ambient";
}

/** A named profile of the AWS config and credentials files, independent of AWS_PROFILE. */
export interface ProfileIdentity {
  readonly kind: "profile";
  readonly profile: string;
}

/** A role that `source` assumes. */
export interface RoleIdentity {
  readonly kind: "role";
  readonly roleArn: string;
  readonly source: Identity;
  readonly externalId?: string;
  readonly sessionName?: string;
  /** Seconds, 900 to 43,200; at most 3,600 if `source` is itself a role. */
  readonly duration?: number;
  /** Region of the STS endpoint; absent: the registry's. */
  readonly region?: string;
}

/** A role that is assumed with the token of a Kubernetes service account. Nothing of it may be written to disk. */
export interface ServiceAccountIdentity {
  readonly kind: "service-account";
  readonly roleArn: string;
  /** A secret. */
  readonly token: string;
}

export const ambient: AmbientIdentity = { kind: "ambient" };

/** A short description for users, without secrets: "profile ci", "role arn:… by profile ci". */
export function describeIdentity(identity: Identity, env: Environment): string {
  switch (identity.kind) {
    case "profile":
      return `profile ${identity.profile}`;
    case "role":
      return `role ${identity.roleArn}`;
    case "service-account":
      return `role ${identity.roleArn} of the pod's service account`;
    case "ambient":
      return describeEnvironment(env);
  }
}

function describeEnvironment(env: Environment): string {
  if (env.AWS_ACCESS_KEY_ID) return environmentKeys;
  const variable = profileVariable(env);
  return variable ? `profile ${variable.profile} (${variable.name})` : "the default AWS credential chain";
}

/** The variable that selects a profile. If both are set, AWS_PROFILE is used, as by the AWS CLI 2 and the SDKs. */
export interface ProfileVariable {
  readonly name: "AWS_PROFILE" | "AWS_DEFAULT_PROFILE";
  readonly profile: string;
}

/** An empty variable counts as unset. */
export function profileVariable(env: Environment): ProfileVariable | undefined {
  if (env.AWS_PROFILE) return { name: "AWS_PROFILE", profile: env.AWS_PROFILE };
  if (env.AWS_DEFAULT_PROFILE) return { name: "AWS_DEFAULT_PROFILE", profile: env.AWS_DEFAULT_PROFILE };
  return undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const environmentKeys = "keys in the environment (AWS_ACCESS_KEY_ID)";

/** How the environment selected an identity, read from a text of `describeIdentity`. */
export type IdentitySource =
  | { readonly by: "profile"; readonly profile: string }
  | { readonly by: "keys" }
  | { readonly by: "other" };

/** For a token that was fetched in another environment: only the description is stored. */
export function identitySourceOf(description: string): IdentitySource {
  if (description === environmentKeys) return { by: "keys" };
  const profile = /^profile (.+) \(AWS_(?:DEFAULT_)?PROFILE\)$/s.exec(description)?.[1];
  return profile === undefined ? { by: "other" } : { by: "profile", profile };
}

/**
 * The name of an identity in config.yaml, else its profile or role, else "environment" or "default": a stable label, while
 * descriptions, which are for users, may change.
 */
export function identityName(described: string): string {
  const configured = /^(\S+) \((?:profile|role) /.exec(described)?.[1];
  if (configured !== undefined) return configured;
  const direct = /^(?:profile|role) (\S+)/.exec(described)?.[1];
  return direct ?? (described.startsWith("keys in the environment") ? "environment" : "default");
}
