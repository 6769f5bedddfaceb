import { awaitLock, tryLock } from "../store/files/lock.ts";
import { otherLoginsLockPath } from "../store/files/paths.ts";
import { Failure } from "../token/failure.ts";

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
  const release = await awaitLock(() => tryLock(state, otherLoginsLockPath(state)), wait);
  if (!release) {
    const what = "another process has been storing or erasing a login all the time";
    throw new Failure("LOGINS_BUSY", what, "end it, then try again");
  }
  try {
    return await work();
  } finally {
    release();
  }
}
