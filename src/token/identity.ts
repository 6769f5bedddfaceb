/** Who asks AWS for a token. */
export type Identity = AmbientIdentity | ProfileIdentity | RoleIdentity | ServiceAccountIdentity;

/** The default credential chain of the environment that the program runs in. */
export interface AmbientIdentity {
  readonly kind: "ambient";
}

/** A named profile of the AWS config and credentials files, whatever AWS_PROFILE says. */
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
  /** Seconds, 900 to 43,200; at most 3,600 where `source` is itself a role. */
  readonly duration?: number;
  /** Region of the STS endpoint; absent: the registry's. */
  readonly region?: string;
}

/** A role that AWS gives for the token of a Kubernetes service account. Nothing of it may be written to disk. */
export interface ServiceAccountIdentity {
  readonly kind: "service-account";
  readonly roleArn: string;
  /** A secret. */
  readonly token: string;
}

export const ambient: AmbientIdentity = { kind: "ambient" };

/** A short name for a person, with nothing secret in it: "profile ci", "role arn:… by profile ci". */
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

/** The variable that names a profile. Where both are set AWS_PROFILE counts, as for the AWS CLI 2 and the SDKs. */
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

/** By which variable an environment said who asks, as `describeIdentity` told it; other: by neither. */
export type Chosen =
  | { readonly by: "profile"; readonly profile: string }
  | { readonly by: "keys" }
  | { readonly by: "other" };

/** Of a token that another environment got no more is kept than the description. */
export function chosenBy(description: string): Chosen {
  if (description === environmentKeys) return { by: "keys" };
  const profile = /^profile (.+) \(AWS_(?:DEFAULT_)?PROFILE\)$/s.exec(description)?.[1];
  return profile === undefined ? { by: "other" } : { by: "profile", profile };
}
