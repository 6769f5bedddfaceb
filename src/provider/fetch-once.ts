import type { Release } from "../store/files/lock.ts";
import type { AuthorizationEntry, FailureEntry } from "../token/entry.ts";
import { entryFormat } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";
import { traitsOf } from "../token/failure-codes.ts";
import { notedFailure } from "./noted-failure.ts";

/** What a fetch shared by several processes needs from the rest. */
export interface SharedFetch {
  /** @returns undefined where another process holds the lock; throws Failure where the place can't be locked */
  tryLock(): Promise<Release | undefined>;
  readAuthorization(): Promise<AuthorizationEntry | undefined>;
  writeAuthorization(entry: AuthorizationEntry): Promise<void>;
  readFailure(): Promise<FailureEntry | undefined>;
  writeFailure(entry: FailureEntry): Promise<void>;
  /** Whether a token that lies there already will do. */
  enough(entry: AuthorizationEntry): boolean;
  /** Asks AWS. */
  fetch(): Promise<AuthorizationEntry>;
  /** The API host that `fetch` calls: a failure is shared only with those who would call the same. */
  readonly endpoint: string;
  /** Changes with what may end a failure; undefined: it answers no later request. */
  readonly conditions: string | undefined;
  /** The registry that the token is for. */
  readonly host: string;
  now(): number;
  /** A pause between two looks at the lock. */
  pause(): Promise<void>;
  /** From then on the holder of the lock counts as stuck and is waited for no longer. */
  readonly waitUntil: number;
  /** Is told what went wrong without keeping the token from the caller: a full disk, no lock. */
  report(failure: Failure): void;
}

/**
 * One call to AWS for all who ask at once, across processes: who gets the lock calls; the others take
 * what it wrote, be it a token or the failure that they all would have met.
 *
 * @throws Failure of the fetch
 */
export async function fetchOnce(shared: SharedFetch): Promise<AuthorizationEntry> {
  const began = shared.now();
  const turn = await waitForTurn(shared);
  if (turn.entry) return turn.entry;
  try {
    if (turn.release) {
      const entry = await shared.readAuthorization();
      if (entry && shared.enough(entry)) return entry;
      const failed = await shared.readFailure();
      if (failed && isBetween(began, failed.at, shared.now()) && traitsOf(failed.code).shared) {
        const failure = notedFailure(failed, shared);
        if (failure) throw failure;
      }
    }
    return await fetchAndKeep(shared);
  } finally {
    turn.release?.();
  }
}

function isBetween(start: number, time: number, end: number): boolean {
  return start <= time && time <= end;
}

async function waitForTurn(shared: SharedFetch): Promise<{ release?: Release; entry?: AuthorizationEntry }> {
  for (;;) {
    try {
      const release = await shared.tryLock();
      if (release) return { release };
    } catch (error) {
      // A disk that can't be locked must not keep a token from anybody: more calls, the same answer.
      report(shared, error);
      return {};
    }
    const entry = await shared.readAuthorization();
    if (entry && shared.enough(entry)) return { entry };
    if (shared.now() >= shared.waitUntil) return {};
    await shared.pause();
  }
}

async function fetchAndKeep(shared: SharedFetch): Promise<AuthorizationEntry> {
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
      await shared.writeFailure(failed).catch((trouble) => report(shared, trouble));
    }
    throw error;
  }
}

function report(shared: SharedFetch, error: unknown): void {
  if (!(error instanceof Failure)) throw error;
  shared.report(error);
}
