/** A role whose session was requested. */
export interface RequestedRole {
  readonly role: string;
  /** The region of the STS endpoint. */
  readonly region: string;
  /** The profile whose settings name it; absent: config.yaml or the environment does. */
  readonly profile?: string | undefined;
  readonly byWebIdentity: boolean;
}

/** STS returned no session of a role; `cause` has the reason. */
export class RoleError extends Error implements RequestedRole {
  readonly role: string;
  readonly region: string;
  readonly profile: string | undefined;
  readonly byWebIdentity: boolean;

  constructor({ role, region, profile, byWebIdentity }: RequestedRole, cause: unknown) {
    super(`role ${role}`, { cause });
    this.name = "RoleError";
    this.role = role;
    this.region = region;
    this.profile = profile;
    this.byWebIdentity = byWebIdentity;
  }
}
