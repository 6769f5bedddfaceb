import { existsSync, statSync } from "node:fs";
import { inspectFile, largestStateFile } from "../files/inspect.ts";
import { awaitLock, type Release, tryLock } from "../files/lock.ts";
import { writeState } from "../files/write.ts";

/** The stored state of the refresher, for its next start and for `status`. */
export interface RefresherFile {
  readonly format: 1;
  /** The daemon's process ID; absent: it has ended, or there was only a single pass. */
  readonly pid?: number;
  /** When the daemon started. All times are milliseconds since the epoch. */
  readonly startedAt?: number;
  /** The daemon's version. */
  readonly program?: string;
  readonly lastTickAt: number;
  /** Why the daemon uses the previous config.yaml, as one line. */
  readonly configError?: string;
  /** The refresher validates it. */
  readonly state: unknown;
}

const pathIn = (state: string): string => `${state}/refresher.json`;
const lockIn = (state: string): string => `${state}/locks/daemon`;

/** Undefined if there is none of this version: the refresher then starts with an empty state, at the cost of a few calls. */
export async function readRefresher(state: string): Promise<RefresherFile | undefined> {
  const content = await inspectFile(pathIn(state), largestStateFile);
  if (content.kind !== "text") return undefined;
  try {
    const file = JSON.parse(content.text);
    return file?.format === 1 && Number.isFinite(file.lastTickAt) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** @throws Failure STATE_FOLDER, STATE_WRITE */
export function writeRefresher(state: string, file: RefresherFile): Promise<void> {
  return writeState(state, pathIn(state), file);
}

/**
 * The lock of the user's only refresher, held as long as it runs.
 *
 * @returns undefined if another process holds it
 * @throws Failure STATE_FOLDER, STATE_LOCK
 */
export function lockRefresher(state: string): Promise<Release | undefined> {
  return oneAtATime(state, () => tryLock(state, lockIn(state)));
}

/**
 * Identifies the lock file, so that one that replaced it is noticed; undefined if there is none. Opens nothing: see
 * `tryLock`.
 */
export function refresherLockFile(state: string): string | undefined {
  const stats = statSync(lockIn(state), { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}

/** Whether a process holds that lock. @throws Failure STATE_FOLDER, STATE_LOCK */
export async function isRefresherRunning(state: string): Promise<boolean> {
  // A reader creates no folders.
  if (!existsSync(lockIn(state))) return false;
  return oneAtATime(state, async () => {
    const release = await tryLock(state, lockIn(state));
    release?.();
    return release === undefined;
  });
}

/** Milliseconds: an attempt takes a few. Longer, and a process that holds it is stopped. */
const attemptWait = 1000;

/**
 * Nothing tells whether a lock is held, except an attempt to take it. Of two attempts at the same time, one would take
 * the other for the refresher.
 */
async function oneAtATime<Result>(state: string, attempt: () => Promise<Result>): Promise<Result> {
  const release = await awaitLock(() => tryLock(state, `${lockIn(state)}-attempt`), attemptWait);
  try {
    return await attempt();
  } finally {
    release?.();
  }
}
