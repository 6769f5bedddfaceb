import { Failure } from "../token/failure.ts";
import { otherLoginsLockPath } from "./files.ts";
import { tryLock } from "./lock.ts";

/** Milliseconds: longer than who holds it may take, which is a person's time to unlock a keychain. */
const longestWait = 20_000;

/**
 * Runs `work` while no other process stores or erases a login to a host that is not ECR's: what is kept
 * and what says that it is kept must change together.
 *
 * @throws Failure LOGINS_BUSY, and what `tryLock` throws
 */
export async function inTurn<Result>(
  state: string,
  work: () => Promise<Result>,
  wait = longestWait,
): Promise<Result> {
  const deadline = performance.now() + wait;
  for (;;) {
    const release = await tryLock(state, otherLoginsLockPath(state));
    if (release) {
      try {
        return await work();
      } finally {
        release();
      }
    }
    if (performance.now() > deadline) {
      throw new Failure(
        "LOGINS_BUSY",
        "another process has been storing or erasing a login all the time",
        "end it, then try again",
      );
    }
    await Bun.sleep(10);
  }
}
