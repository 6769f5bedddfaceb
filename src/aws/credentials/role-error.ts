/** A role that was asked for. */
export interface AskedRole {
  readonly role: string;
  /** Of the STS endpoint. */
  readonly region: string;
  /** The profile whose settings name it; absent: config.yaml or the environment does. */
  readonly profile?: string | undefined;
  readonly byWebIdentity: boolean;
}

/** STS did not give the session of a role; `cause` says why. */
export class RoleError extends Error implements AskedRole {
  readonly role: string;
  readonly region: string;
  readonly profile: string | undefined;
  readonly byWebIdentity: boolean;

  constructor({ role, region, profile, byWebIdentity }: AskedRole, cause: unknown) {
    super(`role ${role}`, { cause });
    this.name = "RoleError";
    this.role = role;
    this.region = region;
    this.profile = profile;
    this.byWebIdentity = byWebIdentity;
  }
}
