import { type Folders, foldersOf } from "../config/folders.ts";
import type { FastFiles } from "../store/files/fast-files.ts";
import { reopenFolders } from "../store/files/folder.ts";
import { inspectSync } from "../store/files/inspect.ts";
import { appendLog } from "../store/files/log.ts";
import { openFastFiles } from "../store/files/open-fast-files.ts";
import { reportOncePerFile } from "../store/files/report-once.ts";
import { TokenStore } from "../store/tokens/token-store.ts";
import type { Environment } from "../token/dependencies.ts";
import type { AuthorizationEntry } from "../token/entry.ts";
import type { Failure } from "../token/failure.ts";
import { openTokenKey } from "./token-key.ts";

/** Files, environment, folders, store, clock and log of a process. */
export interface AppContext {
  readonly files: FastFiles;
  readonly env: Environment;
  /** The folder that holds `.aws`. */
  readonly home: string;
  readonly folders: Folders;
  readonly store: TokenStore;
  now(): number;
  log(line: string): void;
}

/** Deadlines of a fetch, in milliseconds of `performance.now`: a wall clock that is set must not move them. */
export interface Deadlines {
  /** For the calls to AWS. */
  readonly fetch: number;
  /** For the wait for another process that holds the lock. */
  readonly lock: number;
  /** Ends the calls to AWS earlier. */
  readonly signal?: AbortSignal;
}

/** Options that the background refresher sets. A `get` mostly uses the defaults. */
export interface FetchOptions {
  /** Whether a stored token is sufficient; default: if it is fresh. */
  isSufficient?(entry: AuthorizationEntry): boolean;
  /** Whether a failure is the answer to later requests for some seconds, which makes no sense with a valid token. Default: no. */
  readonly failureAnswers?: boolean;
  /** Called under the lock just before a token is written. If it resolves to true, nothing is written. */
  isSuperseded?(): Promise<boolean>;
  /** Called if a token could not be stored, in addition to the log. */
  onWriteFailed?(failure: Failure): void;
}

/** The context of the daemon or of a command that a user runs. */
export async function createAppContext(env: Environment, home: string | undefined): Promise<AppContext> {
  const files = await openFastFiles();
  const folders = foldersOf(env, home, files);
  await reopenFolders(folders.state);
  const now = Date.now;
  const log = (line: string) => appendLog(folders.state, now(), line);
  const key = openTokenKey(env, folders, now);
  const options = { key, inspect: inspectSync(files) };
  const store = new TokenStore(folders.state, reportOncePerFile(log, files.stamp), options);
  return { files, env, home: home ?? "", folders, store, now, log };
}
