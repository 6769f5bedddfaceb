/** Who asks AWS for a token. */
export type Identity = AmbientIdentity | ProfileIdentity | RoleIdentity;

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

export const ambient: AmbientIdentity = { kind: "ambient" };

/** A short name for a person, with nothing secret in it: "profile ci", "role arn:… by profile ci". */
export function describeIdentity(
  identity: Identity,
  env: Readonly<Record<string, string | undefined>>,
): string {
  switch (identity.kind) {
    case "profile":
      return `profile ${identity.profile}`;
    case "role":
      return `role ${identity.roleArn}`;
    case "ambient":
      if (env.AWS_PROFILE) return `profile ${env.AWS_PROFILE}${byVariable}`;
      if (env.AWS_ACCESS_KEY_ID) return environmentKeys;
      return "the default AWS credential chain";
  }
}

const byVariable = " (AWS_PROFILE)";
const environmentKeys = "keys in the environment (AWS_ACCESS_KEY_ID)";

/** By which variable an environment said who asks, as `describeIdentity` told it; other: by neither. */
export type Chosen =
  | { readonly by: "profile"; readonly profile: string }
  | { readonly by: "keys" }
  | { readonly by: "other" };

/** Of a token that another environment got no more is kept than the description. */
export function chosenBy(description: string): Chosen {
  if (description === environmentKeys) return { by: "keys" };
  if (!description.startsWith("profile ") || !description.endsWith(byVariable)) return { by: "other" };
  return { by: "profile", profile: description.slice("profile ".length, -byVariable.length) };
}
