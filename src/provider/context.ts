import { type Folders, foldersOf } from "../config/folders.ts";
import type { FastFiles } from "../store/files/fast-files.ts";
import { inspectSync } from "../store/files/inspect.ts";
import { appendLog } from "../store/files/log.ts";
import { openFastFiles } from "../store/files/open-fast-files.ts";
import { reportOncePerFile } from "../store/files/report-once.ts";
import { TokenStore } from "../store/tokens/token-store.ts";
import type { Environment } from "../token/dependencies.ts";
import type { AuthorizationEntry } from "../token/entry.ts";
import type { Failure } from "../token/failure.ts";
import { openTokenKey } from "./token-key.ts";

/** What the whole program has of the world. */
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

/** How long it may take, in milliseconds since the epoch. */
export interface Deadlines {
  /** The end of the talk with AWS. */
  readonly fetch: number;
  /** No longer than this is a lock's holder waited for. */
  readonly turn: number;
  /** Ends the talk earlier. */
  readonly signal?: AbortSignal;
}

/** What who renews in the background wants otherwise than a `get`. */
export interface ObtainOptions {
  /** Whether a token that lies there already will do; default: a fresh one. */
  enough?(entry: AuthorizationEntry): boolean;
  /** Whether a failure answers later requests for some seconds: not where a valid token does. Default: no. */
  readonly failureAnswers?: boolean;
  /** Asked under the lock, just before a token is written: true leaves all as it is. */
  unless?(): Promise<boolean>;
  /** Is told why a token could not be kept, beside the log. */
  onWriteFailed?(failure: Failure): void;
}

/** The world of a command for people or of the daemon. */
export async function createAppContext(env: Environment, home: string | undefined): Promise<AppContext> {
  const files = await openFastFiles();
  const folders = foldersOf(env, home, files);
  const now = Date.now;
  const log = (line: string) => appendLog(folders.state, now(), line);
  const key = openTokenKey(env, folders, now);
  const options = { key, inspect: inspectSync(files) };
  const store = new TokenStore(folders.state, reportOncePerFile(log, files.stamp), options);
  return { files, env, home: home ?? "", folders, store, now, log };
}
