import { readdir } from "node:fs/promises";
import { Failure, type FailureNote } from "../../token/failure.ts";
import { inspectFile } from "../files/inspect.ts";
import { failedGetPath } from "../files/paths.ts";
import { removeState, writeState } from "../files/write.ts";

/** A `get` that returned no token, for `status` and `doctor`: some clients hide the reason. Contains no secret. */
export interface FailedGet extends FailureNote {
  readonly format: typeof format;
  readonly host: string;
  /** For users. Absent: the identity could not be determined. */
  readonly identity?: string;
  /** When the last get failed, in milliseconds since the epoch. */
  readonly at: number;
  /** When the first get of this series failed. */
  readonly since: number;
  /** The request that was shown the last failure. */
  readonly asked?: FailedRequest;
}

/** A `get` as a client made it. */
export interface FailedRequest {
  /** The client's process. */
  readonly process: string;
  readonly serverUrl: string;
}

const format = 1;

/** Milliseconds, as for a registry that no client requests any more. */
const retention = 7 * 86_400_000;

/** Milliseconds from one request of a client to the next for the same image. */
const sameRun = 60_000;

/**
 * Whether a client was shown a reason and requests the same image again. Each line of stderr goes to the terminal:
 * BuildKit requests a token a dozen times, crane for the repository and then for the host. Never fails.
 *
 * @param isOneRun whether the client's process runs one command of a user; otherwise only another form of the server URL
 *   means the same image
 * @param now milliseconds since the epoch
 */
export async function wasShown(
  state: string,
  host: string,
  { code, message }: Failure,
  { process, serverUrl }: FailedRequest,
  isOneRun: boolean,
  now: number,
): Promise<boolean> {
  const last = await readFailedGet(state, host);
  if (last?.asked?.process !== process || last.code !== code || last.what !== message) return false;
  const isSame = isOneRun || last.asked.serverUrl !== serverUrl;
  return isSame && last.at <= now && now - last.at < sameRun;
}

/** Records a failure. Never fails: the client's answer is more important. */
export async function recordFailedGet(
  state: string,
  host: string,
  identity: string | undefined,
  { code, message, fix }: Failure,
  at: number,
  asked?: FailedRequest,
): Promise<void> {
  const previous = await readFailedGet(state, host);
  const continues = previous && previous.since <= at && at - previous.at < retention;
  const since = continues ? previous.since : at;
  const optional = { ...(identity !== undefined && { identity }), ...(asked && { asked }) };
  const content: FailedGet = { format, host, ...optional, at, since, code, what: message, fix };
  await writeState(state, failedGetPath(state, host), content).catch(ignoreFailure);
}

/** Removes the record: a get returned a token, or the user has logged out. Never fails. */
export async function forgetFailedGet(state: string, host: string): Promise<void> {
  await removeState(failedGetPath(state, host)).catch(ignoreFailure);
}

/** The failures of the last week, sorted by host. Never fails. @param now milliseconds since the epoch */
export async function readFailedGets(state: string, now: number): Promise<readonly FailedGet[]> {
  const names = await readdir(`${state}/failed-gets`).catch((): string[] => []);
  const hosts = names.flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -".json".length)] : []));
  const failures: FailedGet[] = [];
  for (const host of hosts.sort()) {
    const one = await readFailedGet(state, host);
    if (one && now - one.at < retention) failures.push(one);
  }
  return failures;
}

async function readFailedGet(state: string, host: string): Promise<FailedGet | undefined> {
  const file = await inspectFile(failedGetPath(state, host));
  if (file.kind !== "text") return undefined;
  try {
    const value: unknown = JSON.parse(file.text);
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
