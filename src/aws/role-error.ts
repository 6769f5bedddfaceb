/** STS did not give the session of a role; `cause` says why. */
export class RoleError extends Error {
  readonly role: string;
  /** Of the STS endpoint. */
  readonly region: string;
  readonly byWebIdentity: boolean;

  constructor(role: string, region: string, byWebIdentity: boolean, cause: unknown) {
    super(`role ${role}`, { cause });
    this.name = "RoleError";
    this.role = role;
    this.region = region;
    this.byWebIdentity = byWebIdentity;
  }
}
