import { Database } from "bun:sqlite";
import { unlink } from "node:fs/promises";
import { Failure } from "../../token/failure.ts";
import { ensureOwnFolder } from "./folder.ts";

/** Gives a lock back. */
export type Release = () => void;

/**
 * Takes the lock at `path` if nobody holds it. The lock is SQLite's own, a record lock of the kernel on
 * an empty file that stays: it ends with the process that holds it, however that ends.
 *
 * @returns undefined where another holds it
 * @throws Failure STATE_FOLDER, STATE_LOCK where no lock file can be made or opened
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
    // Nothing is ever written, so no journal is needed: creating one fails on a full disk.
    database.run("PRAGMA journal_mode = MEMORY");
    // A write lock without the read locks shut out: those who only try don't get in each other's way.
    database.run("BEGIN IMMEDIATE");
    const held = database;
    return () => held.close();
  } catch (error) {
    database?.close();
    const { code } = error as { code?: string };
    if (code === "SQLITE_BUSY") return undefined;
    if (code === "SQLITE_NOTADB" && !isSecondTry) {
      // Nothing of ours: we write nothing into it.
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
 * Attempts again and again to take a lock that another may hold.
 *
 * @param wait milliseconds
 * @returns undefined where another has held it all the time
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

/** SQLite would make the file 0644. A mode set through a second handle is no way: closing that one ends the lock. */
function openPrivately(path: string): Database {
  const before = process.umask(0o077);
  try {
    return new Database(path, { create: true, readwrite: true });
  } finally {
    process.umask(before);
  }
}
