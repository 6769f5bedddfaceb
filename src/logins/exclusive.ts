import { awaitLock, tryLock } from "../store/files/lock.ts";
import { otherLoginsLockPath } from "../store/files/paths.ts";
import { Failure } from "../token/failure.ts";

/**
 * Milliseconds: longer than the holder of the lock may take, which includes the time of a user who unlocks a keychain.
 */
const longestWait = 20_000;

/**
 * Runs `work` while no other process stores or erases a login to a host outside ECR: a login and the mark that records
 * it must change together.
 *
 * @throws Failure LOGINS_BUSY, and what `tryLock` throws
 */
export async function withLoginsLock<Result>(
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
