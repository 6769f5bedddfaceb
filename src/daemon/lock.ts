import type { Release } from "../store/files/lock.ts";
import { lockRefresher, refresherLockFile } from "../store/state/refresher-state.ts";

/** The lock that a daemon holds while it runs: a user has only one. */
export class DaemonLock {
  private constructor(
    private readonly state: string,
    private releaseLock: Release,
    private file: string | undefined,
  ) {}

  /** @returns undefined if another daemon holds it. @throws Failure STATE_FOLDER, STATE_LOCK */
  static async take(state: string): Promise<DaemonLock | undefined> {
    const releaseLock = await lock(state);
    return releaseLock && new DaemonLock(state, releaseLock, refresherLockFile(state));
  }

  /**
   * Takes the lock again if its file was removed, for example with the state folder: a lock on a removed file excludes
   * no other process.
   *
   * @returns false if another daemon has taken it meanwhile. @throws Failure STATE_FOLDER, STATE_LOCK
   */
  async retain(): Promise<boolean> {
    if (this.file !== undefined && refresherLockFile(this.state) === this.file) return true;
    const renewed = await lock(this.state);
    if (!renewed) return false;
    this.releaseLock();
    this.releaseLock = renewed;
    this.file = refresherLockFile(this.state);
    return true;
  }

  release(): void {
    this.releaseLock();
  }
}

/** Tries twice: `status` takes the lock for a moment to see whether a daemon holds it. */
async function lock(state: string): Promise<Release | undefined> {
  const release = await lockRefresher(state);
  if (release) return release;
  await Bun.sleep(100);
  return lockRefresher(state);
}
