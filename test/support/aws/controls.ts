import type { Call, CallCounts } from "./calls.ts";
import type { ReplicationRule, Role, User } from "./cast.ts";
import type { Failing, Scope } from "./disturbances.ts";
import type { Settings, World } from "./world.ts";

/**
 * What a test may turn while the stand-in runs. Operations are named as in calls.ts; "Imds*" strikes all that begin
 * so, "*" strikes everything. All arguments and results survive JSON, since control.ts offers the same over HTTP.
 */
export class Controls {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** How often each operation was called since the last reset. */
  calls(): CallCounts {
    return this.#world.calls.counts;
  }

  /** Every call since the last reset, in order. */
  log(): readonly Call[] {
    return this.#world.calls.all;
  }

  set(settings: Partial<Settings>): void {
    Object.assign(this.#world.settings, settings);
  }

  /** Delays every answer of an operation. */
  latency(operation: string, milliseconds: number): void {
    this.#world.disturbances.setLatency(operation, milliseconds);
  }

  /** Answers with an error. */
  fail(operation: string, failing: Failing = {}): void {
    const { status = 500, code = "InternalFailure", message = "The request processing has failed" } = failing;
    this.#world.disturbances.add(operation, { kind: "fail", status, code, message }, failing);
  }

  /** Answers as the service does when it is asked too often. */
  throttle(operation: string, scope: Scope = {}): void {
    this.#world.disturbances.add(operation, { kind: "throttle" }, scope);
  }

  /** Accepts and never answers. */
  hang(operation: string, scope: Scope = {}): void {
    this.#world.disturbances.add(operation, { kind: "hang" }, scope);
  }

  /** Closes the connection without an answer. */
  refuse(operation: string, scope: Scope = {}): void {
    this.#world.disturbances.add(operation, { kind: "refuse" }, scope);
  }

  /** Ends latency and disturbances that were set by exactly this name; without a name, all of them. */
  clear(operation?: string): void {
    this.#world.disturbances.clear(operation);
  }

  /** Makes the registry refuse a token. @param token the authorization token, its password, or "all" so far */
  revoke(token: string): void {
    this.#world.tokens.revoke(token);
  }

  /** Whose authorization token a password is, for which region and until when (milliseconds since the epoch). */
  grantOf(password: string): { principal: string; region: string; expiresAt: number } | undefined {
    const grant = this.#world.tokens.find(password);
    return grant && { principal: grant.principal.arn, region: grant.region, expiresAt: grant.expiresAt };
  }

  setReplication(account: string, region: string, rules: readonly ReplicationRule[]): void {
    this.#world.replication.set(`${account}/${region}`, rules);
  }

  /** Adds a user, or puts it in the place of the one with that access key. */
  putUser(user: User): void {
    this.#world.credentials.add(user);
  }

  /** Adds a role, or puts it in the place of the one with that ARN; sessions that it has keep their rights. */
  putRole(role: Role): void {
    this.#world.roles.set(role.arn, role);
  }

  /** Makes an access key unknown, a user's or a session's. */
  removeKey(accessKeyId: string): void {
    this.#world.credentials.remove(accessKeyId);
  }

  /** Forgets the calls and undoes settings, disturbances and replication; who there is and what was given out stays. */
  reset(): void {
    this.#world.reset();
  }
}
