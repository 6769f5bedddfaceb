import { readdir } from "node:fs/promises";
import { Failure, type FailureNote } from "../../token/failure.ts";
import { inspectFile } from "../files/inspect.ts";
import { failedGetPath } from "../files/paths.ts";
import { removeState, writeState } from "../files/write.ts";

/** A `get` that gave no token, for `status` and `doctor`: some clients hide the reason. No secret in it. */
export interface FailedGet extends FailureNote {
  readonly format: typeof format;
  readonly host: string;
  /** For a person. Absent: which identity it is could not be said. */
  readonly identity?: string;
  /** Of the last and of the first in a row; milliseconds since the epoch. */
  readonly at: number;
  readonly since: number;
  /** Who was shown the last one. */
  readonly asked?: FailedRequest;
}

/** A `get` as a client made it. */
export interface FailedRequest {
  /** The client's process. */
  readonly process: string;
  readonly serverUrl: string;
}

const format = 1;

/** Milliseconds: as long as a registry that no client asks for is remembered. */
const remembered = 7 * 86_400_000;

/** Milliseconds between two spellings of one registry that a client tries for one image. */
const nextSpelling = 10_000;

/**
 * Whether a client tries another spelling of a registry and has been shown the reason for the one before: crane asks for
 * the repository and then for the host, nerdctl for six URLs, and each line goes to the terminal. Never fails.
 *
 * @param now milliseconds since the epoch
 */
export async function wasShown(
  state: string,
  host: string,
  { code, message }: Failure,
  { process, serverUrl }: FailedRequest,
  now: number,
): Promise<boolean> {
  const last = await readFailedGet(state, host);
  if (!last?.asked || last.code !== code || last.what !== message) return false;
  const isNext = last.asked.process === process && last.asked.serverUrl !== serverUrl;
  return isNext && last.at <= now && now - last.at < nextSpelling;
}

/** Notes a failure. Never fails: it is not worth the answer. */
export async function noteFailedGet(
  state: string,
  host: string,
  identity: string | undefined,
  { code, message, fix }: Failure,
  at: number,
  asked?: FailedRequest,
): Promise<void> {
  const former = await readFailedGet(state, host);
  const since = former && former.since <= at && at - former.at < remembered ? former.since : at;
  const who = identity !== undefined && { identity };
  const whom = asked && { asked };
  const content: FailedGet = { format, host, ...who, at, since, code, what: message, fix, ...whom };
  await writeState(state, failedGetPath(state, host), content).catch(ignoreFailure);
}

/** Forgets it: a get gave a token, or the user has logged out. Never fails. */
export async function forgetFailedGet(state: string, host: string): Promise<void> {
  await removeState(failedGetPath(state, host)).catch(ignoreFailure);
}

/** Those of the last week, sorted by host. Never fails. @param now milliseconds since the epoch */
export async function readFailedGets(state: string, now: number): Promise<readonly FailedGet[]> {
  const names = await readdir(`${state}/failed-gets`).catch((): string[] => []);
  const hosts = names.flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -".json".length)] : []));
  const found: FailedGet[] = [];
  for (const host of hosts.sort()) {
    const one = await readFailedGet(state, host);
    if (one && now - one.at < remembered) found.push(one);
  }
  return found;
}

async function readFailedGet(state: string, host: string): Promise<FailedGet | undefined> {
  const found = await inspectFile(failedGetPath(state, host));
  if (found.kind !== "text") return undefined;
  try {
    const value: unknown = JSON.parse(found.text);
    return isFailedGet(value) && value.host === host ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFailedGet(value: unknown): value is FailedGet {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  const texts = ["host", "code", "what", "fix"].every((name) => typeof fields[name] === "string");
  const times = ["at", "since"].every((name) => Number.isFinite(fields[name]));
  const { identity } = fields;
  return (
    fields.format === format && texts && times && (identity === undefined || typeof identity === "string")
  );
}

function ignoreFailure(error: unknown): void {
  if (!(error instanceof Failure)) throw error;
}
