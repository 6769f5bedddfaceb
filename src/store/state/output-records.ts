import { readdir } from "node:fs/promises";
import { fingerprint } from "../../token/dependencies.ts";
import { inspectFile, largestStateFile } from "../files/inspect.ts";
import { type Release, tryLock } from "../files/lock.ts";
import { removeState, writeState } from "../files/write.ts";

/** What this program has written to a file that config.yaml lists, or has listed, under `outputs`. */
export interface OutputRecord {
  readonly format: 1;
  readonly path: string;
  /** Hosts whose entries in `auths` belong to this program. */
  readonly hosts: readonly string[];
  /** Whether this program created `auths`, and the whole file. */
  readonly madeAuths: boolean;
  readonly madeFile: boolean;
  /** A fingerprint of the file and the tokens when the file was last up to date. */
  readonly settled?: string;
}

/** Why such a file is not up to date, for `status`. */
export interface OutputFailure {
  readonly format: 1;
  readonly path: string;
  readonly code: string;
  readonly what: string;
  readonly fix: string;
}

/** The files that have a record or a recorded failure, each once; unreadable records are skipped. */
export async function outputPaths(state: string): Promise<readonly string[]> {
  const names = await readdir(`${state}/outputs`).catch(() => []);
  const files = names.filter((name) => name.endsWith(".json")).sort();
  const values = await Promise.all(files.map((name) => readJson(`${state}/outputs/${name}`)));
  return [...new Set(values.map((value) => value?.path).filter((path) => typeof path === "string"))];
}

/** The record of a file; an empty one if this program has not written to the file yet. */
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
  const isComplete = failure?.format === 1 && failure.path === path && typeof failure.code === "string";
  return isComplete ? (failure as unknown as OutputFailure) : undefined;
}

/**
 * Records the result of the last attempt.
 *
 * @param failure undefined: the attempt succeeded
 * @throws Failure STATE_FOLDER, STATE_WRITE
 */
export async function recordOutputFailure(
  state: string,
  path: string,
  failure: Omit<OutputFailure, "format" | "path"> | undefined,
): Promise<void> {
  if (failure) await writeState(state, failurePath(state, path), { format: 1, path, ...failure });
  else await removeState(failurePath(state, path));
}

/**
 * The lock for editing one of those files.
 *
 * @returns undefined if another process holds it
 * @throws Failure STATE_FOLDER, STATE_LOCK
 */
export function lockOutput(state: string, path: string): Promise<Release | undefined> {
  return tryLock(state, `${state}/locks/output-${idOf(path)}`);
}

function recordPath(state: string, path: string): string {
  return `${state}/outputs/${idOf(path)}.json`;
}

/** Next to the record, so that a process that can't get the lock can still record the failure. */
function failurePath(state: string, path: string): string {
  return `${state}/outputs/${idOf(path)}.failed.json`;
}

function idOf(path: string): string {
  return fingerprint(path).slice(0, 16);
}

function parseRecord(value: Record<string, unknown> | undefined): OutputRecord | undefined {
  const { format, path, hosts } = value ?? {};
  const isComplete =
    format === 1 &&
    typeof path === "string" &&
    Array.isArray(hosts) &&
    hosts.every((host) => typeof host === "string");
  return isComplete ? (value as unknown as OutputRecord) : undefined;
}

async function readJson(path: string): Promise<Record<string, unknown> | undefined> {
  const file = await inspectFile(path, largestStateFile);
  if (file.kind !== "text") return undefined;
  try {
    const value: unknown = JSON.parse(file.text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
