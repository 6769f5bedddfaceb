import { existsSync, statSync } from "node:fs";
import { inspectFile } from "../files/inspect.ts";
import { tryLock } from "../files/lock.ts";
import { writeState } from "../files/write.ts";

/** What the refresher leaves for its next start and for `status`. */
export interface RefresherFile {
  readonly format: 1;
  /** Of the daemon that runs; absent: it has ended, or it was a single pass. */
  readonly pid?: number;
  /** Milliseconds since the epoch, as the other. */
  readonly startedAt?: number;
  /** The version of its program. */
  readonly program?: string;
  readonly lastTickAt: number;
  /** Why the daemon goes by the config.yaml of before, in a line. */
  readonly configError?: string;
  /** The refresher's own, which it checks itself. */
  readonly state: unknown;
}

const pathIn = (state: string): string => `${state}/refresher.json`;
const lockIn = (state: string): string => `${state}/locks/daemon`;

/** Undefined where there is none, or none that this version wrote: that costs a call or two. */
export async function readRefresher(state: string): Promise<RefresherFile | undefined> {
  const found = await inspectFile(pathIn(state));
  if (found.kind !== "text") return undefined;
  try {
    const file = JSON.parse(found.text);
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
 * The lock of the one refresher that a user has, held for its life.
 *
 * @returns undefined where another has it
 * @throws Failure STATE_FOLDER, STATE_LOCK
 */
export function lockRefresher(state: string) {
  return tryLock(state, lockIn(state));
}

/** Tells the file of that lock from one made later in its place; undefined where there is none. Opens nothing: see `tryLock`. */
export function refresherLockFile(state: string): string | undefined {
  const found = statSync(lockIn(state), { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}

/** Whether somebody has that lock. @throws Failure STATE_FOLDER, STATE_LOCK */
export async function isRefresherRunning(state: string): Promise<boolean> {
  // Who only looks makes no folders.
  if (!existsSync(lockIn(state))) return false;
  const release = await lockRefresher(state);
  release?.();
  return release === undefined;
}
