import type { AuthorizationEntry } from "../token/entry.ts";
import type { Failure } from "../token/failure.ts";
import type { Clock } from "../token/life.ts";
import type { TokenVerdict } from "./check-schedule.ts";
import type { StoredAuthorizations } from "./due.ts";
import type { Job } from "./job.ts";
import type { FailingJob } from "./renewal-failure.ts";

/** What a pass needs from the store and from AWS. */
export interface RefreshPorts {
  clock(): Clock;
  /** The stored authorization tokens. Never fails: a token that can't be read is absent. */
  read(keys: readonly string[]): Promise<StoredAuthorizations>;
  /** Whether the job is still planned as it is: false once config or AWS files have changed it. */
  isPlanned(job: Job): boolean;
  /**
   * Fetches a token from AWS, one process at a time, and stores it. If another process has stored a token newer than
   * `current`, that is returned. Just before writing, under the lock, it calls `guard.isSuperseded()` and writes nothing if that
   * resolves to true.
   *
   * @throws Failure also if the token can't be stored: otherwise each pass would fetch it again
   */
  renew(job: Job, current: AuthorizationEntry | undefined, guard: Guard): Promise<AuthorizationEntry>;
  /**
   * Writes the token files of the job's registries, except those that hold this token already. Before each it calls
   * `guard.isSuperseded()`.
   *
   * @throws Failure if a file can't be written; the others are written
   */
  publish(job: Job, entry: AuthorizationEntry, guard: Guard): Promise<void>;
  /** Checks whether a registry of the job accepts the token. */
  check(job: Job, entry: AuthorizationEntry, signal: AbortSignal): Promise<TokenVerdict>;
  /** Aborts after `limit` milliseconds. */
  deadline(limit: number): AbortSignal;
}

export interface Guard {
  /** Resolves to true once the work is superseded, so that its result must not be written. */
  isSuperseded(): Promise<boolean>;
  readonly signal: AbortSignal;
}

/** What a pass did. */
export interface PassReport {
  readonly renewed: readonly Job[];
  readonly failed: readonly FailedJob[];
  /** Results discarded since the token was erased, the config changed or another process was first. Tried again in the next pass. */
  readonly superseded: readonly Job[];
  /** To be renewed, but waiting for the end of a backoff or splay. */
  readonly skipped: readonly Job[];
  /** Jobs whose last attempt failed, in this pass or an earlier one. */
  readonly failing: readonly FailingJob[];
  /** Jobs whose token was refused by its registry before its expiry, and is now due for renewal. */
  readonly refused: readonly Job[];
  /** When the next job is due, milliseconds since the epoch by this machine's clock; absent: there are no jobs. */
  readonly wakeAt?: number;
}

export interface FailedJob {
  readonly job: Job;
  readonly failure: Failure;
  /** renew: no token was fetched. publish: there is a token, and a registry's file could not be written. */
  readonly step: "renew" | "publish";
}
