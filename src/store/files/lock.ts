import { Database } from "bun:sqlite";
import { unlink } from "node:fs/promises";
import { Failure } from "../../token/failure.ts";
import { ensureOwnFolder } from "./folder.ts";

/** Releases a lock. */
export type Release = () => void;

/**
 * Takes the lock at `path` if no process holds it. It is SQLite's own lock, a record lock of the kernel on an empty
 * file, which is never removed. The kernel releases it when its process ends, for whatever reason.
 *
 * @returns undefined if another process holds it
 * @throws Failure STATE_FOLDER, STATE_LOCK if no lock file can be created or opened
 */
export async function tryLock(
  state: string,
  path: string,
  isSecondTry = false,
): Promise<Release | undefined> {
  await ensureOwnFolder(state);
  await ensureOwnFolder(path.slice(0, path.lastIndexOf("/")));
  let database: Database | undefined;
  try {
    database = openPrivately(path);
    // This program never writes to the file, so it needs no journal: creating one fails on a full disk.
    database.run("PRAGMA journal_mode = MEMORY");
    // A write lock that does not exclude readers: processes that only try to get the lock don't disturb each other.
    database.run("BEGIN IMMEDIATE");
    const locked = database;
    return () => locked.close();
  } catch (error) {
    database?.close();
    const { code } = error as { code?: string };
    if (code === "SQLITE_BUSY") return undefined;
    if (code === "SQLITE_NOTADB" && !isSecondTry) {
      // The file is not a lock file of this program, which writes nothing into it.
      await unlink(path).catch(() => undefined);
      return tryLock(state, path, true);
    }
    throw new Failure("STATE_LOCK", `${path} can't be locked (${code ?? "unknown error"})`, "remove it", {
      cause: error,
    });
  }
}

/** Milliseconds between two attempts. */
const pause = 10;

/**
 * Tries repeatedly to take a lock that another process may hold.
 *
 * @param wait milliseconds
 * @returns undefined if another process held it the whole time
 */
export async function awaitLock(
  attempt: () => Promise<Release | undefined>,
  wait: number,
): Promise<Release | undefined> {
  const deadline = performance.now() + wait;
  for (;;) {
    const release = await attempt();
    if (release || performance.now() > deadline) return release;
    await Bun.sleep(pause);
  }
}

/**
 * SQLite would create the file with mode 0644. Its mode can't be changed with a second handle: closing that handle
 * would release the lock.
 */
function openPrivately(path: string): Database {
  const before = process.umask(0o077);
  try {
    return new Database(path, { create: true, readwrite: true });
  } finally {
    process.umask(before);
  }
}
