import { awaitLock, tryLock } from "../store/files/lock.ts";
import { otherLoginsLockPath } from "../store/files/paths.ts";
import { Failure } from "../token/failure.ts";

/**
 * Milliseconds: longer than another process holds the lock, including the time in which a user unlocks the keychain.
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
    const what = "another process is still storing or erasing a login";
    throw new Failure("LOGINS_BUSY", what, "end it, then try again");
  }
  try {
    return await work();
  } finally {
    release();
  }
}
