import type { Release } from "../store/files/lock.ts";
import type { AuthorizationEntry, FailureEntry } from "../token/entry.ts";
import { entryFormat } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";
import { traitsOf } from "../token/failure-codes.ts";
import { repeatedFailure } from "./repeated-failure.ts";

/** What a fetch that is shared by several processes needs. */
export interface SharedFetch {
  /** @returns undefined if another process holds the lock. @throws Failure if the file can't be locked */
  tryLock(): Promise<Release | undefined>;
  readAuthorization(): Promise<AuthorizationEntry | undefined>;
  writeAuthorization(entry: AuthorizationEntry): Promise<void>;
  readFailure(): Promise<FailureEntry | undefined>;
  writeFailure(entry: FailureEntry): Promise<void>;
  /** Whether a stored token is sufficient. */
  isSufficient(entry: AuthorizationEntry): boolean;
  /** Fetches a token from AWS. */
  fetch(): Promise<AuthorizationEntry>;
  /** The API host that `fetch` calls: a failure is shared only between calls to the same host. */
  readonly endpoint: string;
  /** A fingerprint of what may end a failure; undefined: the failure is not the answer to later requests. */
  readonly conditions: string | undefined;
  /** The registry that the token is for. */
  readonly host: string;
  now(): number;
  /** Waits between two attempts to lock. */
  wait(): Promise<void>;
  /** Whether to stop waiting for the holder of the lock, which then seems to hang. */
  isWaitOver(): boolean;
  /** Called for problems that don't keep the token from the caller: a full disk, no lock. */
  report(failure: Failure): void;
}

/**
 * One call to AWS for all requests at the same time, across processes. The process that gets the lock calls AWS; the
 * others read the token that it wrote, or the failure that they all would have had.
 *
 * @throws Failure of the fetch
 */
export async function fetchOnce(shared: SharedFetch): Promise<AuthorizationEntry> {
  const began = shared.now();
  const lock = await waitForLock(shared);
  if (lock.entry) return lock.entry;
  try {
    if (lock.release) {
      const entry = await shared.readAuthorization();
      if (entry && shared.isSufficient(entry)) return entry;
      const failed = await shared.readFailure();
      if (failed && isBetween(began, failed.at, shared.now()) && traitsOf(failed.code).shared) {
        const failure = repeatedFailure(failed, shared);
        if (failure) throw failure;
      }
    }
    return await fetchAndStore(shared);
  } finally {
    lock.release?.();
  }
}

function isBetween(start: number, time: number, end: number): boolean {
  return start <= time && time <= end;
}

async function waitForLock(shared: SharedFetch): Promise<{ release?: Release; entry?: AuthorizationEntry }> {
  for (;;) {
    try {
      const release = await shared.tryLock();
      if (release) return { release };
    } catch (error) {
      // Without a lock the token can still be fetched: there are only more calls.
      report(shared, error);
      return {};
    }
    const entry = await shared.readAuthorization();
    if (entry && shared.isSufficient(entry)) return { entry };
    if (shared.isWaitOver()) return {};
    await shared.wait();
  }
}

async function fetchAndStore(shared: SharedFetch): Promise<AuthorizationEntry> {
  try {
    const entry = await shared.fetch();
    await shared.writeAuthorization(entry).catch((error) => report(shared, error));
    return entry;
  } catch (error) {
    if (error instanceof Failure) {
      const { code, message, fix } = error;
      const failed = {
        format: entryFormat,
        at: shared.now(),
        endpoint: shared.endpoint,
        host: shared.host,
        code,
        what: message,
        fix,
        ...(shared.conditions !== undefined && { conditions: shared.conditions }),
      } as const;
      await shared.writeFailure(failed).catch((writeError) => report(shared, writeError));
    }
    throw error;
  }
}

function report(shared: SharedFetch, error: unknown): void {
  if (!(error instanceof Failure)) throw error;
  shared.report(error);
}
