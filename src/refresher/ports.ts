import type { AuthorizationEntry } from "../token/entry.ts";
import type { Failure } from "../token/failure.ts";
import type { Clock } from "../token/life.ts";
import type { TokenVerdict } from "./check-schedule.ts";
import type { HeldAuthorizations } from "./due.ts";
import type { Job } from "./job.ts";
import type { FailingJob } from "./renewal-failure.ts";

/** What a pass takes from the rooms behind it. */
export interface RefreshPorts {
  clock(): Clock;
  /** The authorization tokens that lie there. Never fails: what can't be read is absent. */
  read(keys: readonly string[]): Promise<HeldAuthorizations>;
  /** Whether the job is still to be done as it stands: false once config or AWS files made it another. */
  planned(job: Job): boolean;
  /**
   * Asks AWS for a token, one process at a time, and keeps it. A token that another process brought since `seen`
   * will do. Who writes asks `unless` just before, under the lock, and leaves all as it is if that says so.
   *
   * @throws Failure, also where the token could not be kept: else it would be asked for again at each pass
   */
  renew(job: Job, seen: AuthorizationEntry | undefined, guard: Guard): Promise<AuthorizationEntry>;
  /**
   * Writes the token files of the job's registries, but for those that hold this token already, asking `unless` before
   * each.
   *
   * @throws Failure where one could not be written; the others are
   */
  publish(job: Job, entry: AuthorizationEntry, guard: Guard): Promise<void>;
  /** Asks a registry of the job whether it accepts the token. */
  check(job: Job, entry: AuthorizationEntry, signal: AbortSignal): Promise<TokenVerdict>;
  /** Aborts after so many milliseconds. */
  deadline(limit: number): AbortSignal;
}

export interface Guard {
  /** Resolves to true once something overtook the work, so that its result must not be written. */
  unless(): Promise<boolean>;
  readonly signal: AbortSignal;
}

/** What a pass did. */
export interface PassReport {
  readonly renewed: readonly Job[];
  readonly failed: readonly FailedJob[];
  /** Thrown away: an erase, a change or another process came in between. Looked at again in the next pass. */
  readonly overtaken: readonly Job[];
  /** Needed, and waiting for the end of a backoff or splay. */
  readonly skipped: readonly Job[];
  /** Whose last attempts failed, now or in a pass before. */
  readonly failing: readonly FailingJob[];
  /** Whose tokens were refused by their registry before their expiry; they are then due for renewal. */
  readonly refused: readonly Job[];
  /** When the next is due, milliseconds since the epoch by this machine's clock; absent: nothing is kept. */
  readonly wakeAt?: number;
}

export interface FailedJob {
  readonly job: Job;
  readonly failure: Failure;
  /** renew: no token. serve: there is one, and a registry's file could not be written. */
  readonly step: "renew" | "publish";
}
