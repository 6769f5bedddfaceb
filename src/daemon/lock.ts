import type { Release } from "../store/files/lock.ts";
import { lockRefresher, refresherLockFile } from "../store/state/refresher-state.ts";

/** The right of the one daemon that a user has, held for its life. */
export class DaemonLock {
  private constructor(
    private readonly state: string,
    private held: Release,
    private file: string | undefined,
  ) {}

  /** @returns undefined where another has it. @throws Failure STATE_FOLDER, STATE_LOCK */
  static async take(state: string): Promise<DaemonLock | undefined> {
    const held = await lock(state);
    return held && new DaemonLock(state, held, refresherLockFile(state));
  }

  /**
   * Takes it anew where its file was removed, with the state folder say: nobody else sees a lock on that.
   *
   * @returns false where another has taken it meanwhile. @throws Failure STATE_FOLDER, STATE_LOCK
   */
  async keep(): Promise<boolean> {
    if (this.file !== undefined && refresherLockFile(this.state) === this.file) return true;
    const anew = await lock(this.state);
    if (!anew) return false;
    this.held();
    this.held = anew;
    this.file = refresherLockFile(this.state);
    return true;
  }

  release(): void {
    this.held();
  }
}

/** Twice, since a `status` that looks whether anybody has the lock has it for a moment itself. */
async function lock(state: string): Promise<Release | undefined> {
  const release = await lockRefresher(state);
  if (release) return release;
  await Bun.sleep(100);
  return lockRefresher(state);
}
