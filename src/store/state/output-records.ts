import { readdir } from "node:fs/promises";
import { fingerprint } from "../../token/dependencies.ts";
import { inspectFile } from "../files/inspect.ts";
import { type Release, tryLock } from "../files/lock.ts";
import { removeState, writeState } from "../files/write.ts";

/** What this program has to do with one of the files that config.yaml names under `outputs`, or named once. */
export interface OutputRecord {
  readonly format: 1;
  readonly path: string;
  /** Hosts whose entries in `auths` are this program's. */
  readonly hosts: readonly string[];
  /** Whether it made `auths`, and the whole file. */
  readonly madeAuths: boolean;
  readonly madeFile: boolean;
  /** A fingerprint of the file and of the tokens as they were when it was right. */
  readonly settled?: string;
}

/** Why such a file is not right, for `status`. */
export interface OutputFailure {
  readonly format: 1;
  readonly path: string;
  readonly code: string;
  readonly what: string;
  readonly mend: string;
}

/** The files that there is a record or a failure of, each once; what can't be read is left out. */
export async function outputPaths(state: string): Promise<readonly string[]> {
  const names = await readdir(`${state}/outputs`).catch(() => []);
  const files = names.filter((name) => name.endsWith(".json")).sort();
  const values = await Promise.all(files.map((name) => readJson(`${state}/outputs/${name}`)));
  return [...new Set(values.map((value) => value?.path).filter((path) => typeof path === "string"))];
}

/** That of one file; of one that this program has not touched yet, an empty one. */
export async function readOutputRecord(state: string, path: string): Promise<OutputRecord> {
  const record = parseRecord(await readJson(recordPath(state, path)));
  return record?.path === path ? record : { format: 1, path, hosts: [], madeAuths: false, madeFile: false };
}

/** @throws Failure STATE_FOLDER, STATE_WRITE */
export function writeOutputRecord(state: string, record: OutputRecord): Promise<void> {
  return writeState(state, recordPath(state, record.path), record);
}

/** @throws Failure STATE_WRITE */
export async function removeOutputRecord(state: string, path: string): Promise<void> {
  await removeState(recordPath(state, path));
}

export async function readOutputFailure(state: string, path: string): Promise<OutputFailure | undefined> {
  const failure = await readJson(failurePath(state, path));
  const isWhole = failure?.format === 1 && failure.path === path && typeof failure.code === "string";
  return isWhole ? (failure as unknown as OutputFailure) : undefined;
}

/**
 * @param failure undefined: the last attempt went well
 * @throws Failure STATE_FOLDER, STATE_WRITE
 */
export async function keepOutputFailure(
  state: string,
  path: string,
  failure: Omit<OutputFailure, "format" | "path"> | undefined,
): Promise<void> {
  if (failure) await writeState(state, failurePath(state, path), { format: 1, path, ...failure });
  else await removeState(failurePath(state, path));
}

/**
 * The lock of whoever edits one of those files.
 *
 * @returns undefined where another has it
 * @throws Failure STATE_FOLDER, STATE_LOCK
 */
export function lockOutput(state: string, path: string): Promise<Release | undefined> {
  return tryLock(state, `${state}/locks/output-${idOf(path)}`);
}

function recordPath(state: string, path: string): string {
  return `${state}/outputs/${idOf(path)}.json`;
}

/** Beside the record, so that who could not get its lock can say so. */
function failurePath(state: string, path: string): string {
  return `${state}/outputs/${idOf(path)}.failed.json`;
}

function idOf(path: string): string {
  return fingerprint(path).slice(0, 16);
}

function parseRecord(value: Record<string, unknown> | undefined): OutputRecord | undefined {
  const { format, path, hosts } = value ?? {};
  const isWhole =
    format === 1 &&
    typeof path === "string" &&
    Array.isArray(hosts) &&
    hosts.every((host) => typeof host === "string");
  return isWhole ? (value as unknown as OutputRecord) : undefined;
}

async function readJson(path: string): Promise<Record<string, unknown> | undefined> {
  const found = await inspectFile(path);
  if (found.kind !== "text") return undefined;
  try {
    const value: unknown = JSON.parse(found.text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
