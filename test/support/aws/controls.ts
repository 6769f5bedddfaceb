import type { Call, CallCounts } from "./calls.ts";
import type { ReplicationRule, Role, User } from "./cast.ts";
import type { Failing, Scope } from "./disturbances.ts";
import type { Settings, World } from "./world.ts";

/**
 * The controls of a running stand-in for tests. Operations are named as in calls.ts; "Imds*" matches all names with that
 * prefix, "*" matches everything. Arguments and results are valid JSON, since control.ts offers the same over HTTP.
 */
export class Controls {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** The number of calls of each operation since the last reset. */
  calls(): CallCounts {
    return this.#world.calls.counts;
  }

  /** The calls since the last reset, in order. */
  log(): readonly Call[] {
    return this.#world.calls.all;
  }

  set(settings: Partial<Settings>): void {
    Object.assign(this.#world.settings, settings);
  }

  /** Delays all responses of an operation. */
  latency(operation: string, milliseconds: number): void {
    this.#world.disturbances.setLatency(operation, milliseconds);
  }

  /** Responds with an error. */
  fail(operation: string, failing: Failing = {}): void {
    const { status = 500, code = "InternalFailure", message = "The request processing has failed" } = failing;
    this.#world.disturbances.add(operation, { kind: "fail", status, code, message }, failing);
  }

  /** Responds like the service when it throttles requests. */
  throttle(operation: string, scope: Scope = {}): void {
    this.#world.disturbances.add(operation, { kind: "throttle" }, scope);
  }

  /** Accepts requests and never responds. */
  hang(operation: string, scope: Scope = {}): void {
    this.#world.disturbances.add(operation, { kind: "hang" }, scope);
  }

  /** Closes the connection without a response. */
  refuse(operation: string, scope: Scope = {}): void {
    this.#world.disturbances.add(operation, { kind: "refuse" }, scope);
  }

  /** Removes the latency and disturbances of exactly this name; without a name, all of them. */
  clear(operation?: string): void {
    this.#world.disturbances.clear(operation);
  }

  /** Makes the registry refuse a token. @param token the authorization token, its password, or "all" existing ones */
  revoke(token: string): void {
    this.#world.tokens.revoke(token);
  }

  /** The principal, region and expiry (milliseconds since the epoch) of an authorization token. */
  grantOf(password: string): { principal: string; region: string; expiresAt: number } | undefined {
    const grant = this.#world.tokens.find(password);
    return grant && { principal: grant.principal.arn, region: grant.region, expiresAt: grant.expiresAt };
  }

  setReplication(account: string, region: string, rules: readonly ReplicationRule[]): void {
    this.#world.replication.set(`${account}/${region}`, rules);
  }

  /** Adds a user, or replaces the one with the same access key. */
  putUser(user: User): void {
    this.#world.credentials.add(user);
  }

  /** Adds a role, or replaces the one with the same ARN; its existing sessions keep their permissions. */
  putRole(role: Role): void {
    this.#world.roles.set(role.arn, role);
  }

  /** Makes an access key of a user or a session unknown. */
  removeKey(accessKeyId: string): void {
    this.#world.credentials.remove(accessKeyId);
  }

  /** Clears the calls, and resets settings, disturbances and replication. Principals and issued tokens remain. */
  reset(): void {
    this.#world.reset();
  }
}
