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
    const releaseLock = await lockRefresher(state);
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
    const renewed = await lockRefresher(this.state);
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
