import { inspectFile } from "./inspect.ts";
import { tryLock } from "./lock.ts";
import { writeState } from "./write.ts";

/** What the refresher leaves for its next start and for `status`. */
export interface RefresherFile {
  readonly format: 1;
  /** Of the daemon that runs; absent: it has ended, or it was a single pass. */
  readonly pid?: number;
  /** Milliseconds since the epoch, as the other. */
  readonly startedAt?: number;
  readonly lastTickAt: number;
  /** The refresher's own, which it checks itself. */
  readonly state: unknown;
}

const pathIn = (state: string): string => `${state}/refresher.json`;

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
  return tryLock(state, `${state}/locks/daemon`);
}
