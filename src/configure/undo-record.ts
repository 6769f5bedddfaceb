import { readdir } from "node:fs/promises";
import type { Replaced } from "../clients/docker/edit-config.ts";
import type { Login } from "../clients/docker/login.ts";
import { type RemovedLogin, withSecret } from "../clients/docker/removed-login.ts";
import { applied, type Edit } from "../clients/json/text.ts";
import type { AccountRegistration } from "../config/add-registrations.ts";
import { inspectFile } from "../store/files/inspect.ts";
import { fingerprint } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";

/** The changes that `configure-docker` has made to a file, for --undo. */
export interface UndoRecord {
  /** The path of the file. */
  readonly path?: string;
  /** "own": this program has created the whole file; "config": config.yaml; absent: a config of Docker or podman. */
  readonly kind?: "own" | "config";
  /** The file before the change, if it had only white space, or is replaced as a whole; null: there was no file. */
  readonly was?: string | null;
  /** The fingerprint of a file that was written as a whole. */
  readonly made?: string;
  /** The folders that were created for it, innermost first. */
  readonly folders?: readonly string[];
  readonly replaced: Replaced;
  /** The edits of the helpers' names, oldest first. */
  readonly steps?: readonly Step[];
  /** The entries that were added to config.yaml. */
  readonly added?: readonly AddedRegistration[];
  /** Logins that were imported from it; no secret. */
  readonly imported?: readonly Imported[];
  /** ECR tokens that were removed from `auths`, by key. */
  readonly dropped?: Readonly<Record<string, Login>>;
  /** The fingerprint of `dropped`: a damaged token is not restored, everything else is. */
  readonly droppedFingerprint?: string;
}

/** A record with the path of its own file. */
export interface StoredRecord extends UndoRecord {
  readonly path: string;
  readonly record: string;
}

export interface AddedRegistration extends AccountRegistration {
  /** The path of the client's file with which it was proposed. */
  readonly for: string;
}

export interface Step {
  /** The fingerprint of the text after the edit. */
  readonly made: string;
  /** The edits that restore the previous text, except logins. */
  readonly back: readonly Edit[];
  /** The logins that were removed before the edit. */
  readonly logins?: readonly RemovedLogin[];
}

/**
 * The text before the last edits, byte for byte, unless another program has written the file since.
 *
 * @param logins the logins to restore, by key of `auths`
 */
export function stepBack(
  text: string,
  { steps = [] }: UndoRecord,
  logins: ReadonlyMap<string, Login>,
): string {
  let before = text;
  for (const { made, back, logins: removed = [] } of steps.toReversed()) {
    if (fingerprint(before) !== made) return before;
    const edits = removed.flatMap((each) => {
      const login = logins.get(each.key);
      const content = login && withSecret(each, login);
      return content === undefined ? [] : [{ offset: each.offset, length: each.length, content }];
    });
    before = applied(applied(before, back), edits);
  }
  return before;
}

export interface Imported {
  /** The key in `auths`. */
  readonly key: string;
  readonly server: string;
  /** Whether the same login was already stored before. */
  readonly wasKept: boolean;
}

/** The maximum size in bytes. A record repeats texts of a config.json, which has at most 16 MiB. */
const largestRecord = 64 * 1024 * 1024;

/**
 * The text of a record, in the form that `readRecord` reads.
 *
 * @throws Failure UNDO_TOO_LARGE
 */
export function recordText(record: UndoRecord): string {
  const text = JSON.stringify(record);
  if (Buffer.byteLength(text) <= largestRecord) return text;
  const what = `the undo record of ${record.path} would be larger than ${largestRecord / 1024 / 1024} MiB`;
  throw new Failure(
    "UNDO_TOO_LARGE",
    what,
    "remove unused entries from that file, then run the command again",
  );
}

/**
 * What is known of a file; nothing is replaced if there is no record.
 *
 * @throws Failure CLIENT_FILE if there is one that can't be read: a new one in its place would forget what was replaced
 */
export async function readRecord(path: string): Promise<UndoRecord> {
  const file = await inspectFile(path, largestRecord);
  if (file.kind === "absent") return { replaced: {} };
  if (file.kind === "refused") throw unreadable(path, file.why);
  const record = parseRecord(file.text);
  if (!record) throw unreadable(path, "not a record of this program");
  const { dropped, droppedFingerprint, ...rest } = record;
  const isDamaged = droppedFingerprint !== undefined && droppedFingerprint !== fingerprint(dropped);
  return { ...rest, ...(dropped && !isDamaged && { dropped }), replaced: record.replaced ?? {} };
}

function parseRecord(text: string): UndoRecord | undefined {
  try {
    const record: UndoRecord | null = JSON.parse(text);
    return typeof record?.path === "string" ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Merges the imported logins of two edits; the older entry of a key takes precedence. */
export function mergeImported(older: readonly Imported[], newer: readonly Imported[]): readonly Imported[] {
  const known = new Set(older.map(({ key }) => key));
  return [...older, ...newer.filter(({ key }) => !known.has(key))];
}

/** The records of all changed files. @throws Failure CLIENT_FILE if they can't be read */
export async function recordsIn(folder: string): Promise<readonly StoredRecord[]> {
  const names = await readdir(folder).catch((error: { code?: string }) => {
    if (error.code === "ENOENT") return [];
    throw unreadable(folder, error.code ?? "unknown error");
  });
  const records: StoredRecord[] = [];
  for (const name of names.filter((each) => each.endsWith(".json")).sort()) {
    const record = `${folder}/${name}`;
    // If a damaged one were skipped, it would be lost with the state folder, and Docker would still call the removed helper.
    const known = await readRecord(record);
    if (known.path !== undefined) records.push({ ...known, path: known.path, record });
  }
  return records;
}

function unreadable(path: string, why: string): Failure {
  return new Failure(
    "CLIENT_FILE",
    `${path} can't be read (${why})`,
    "remove it; --undo then no longer knows what was replaced, so remove this helper by hand from files that name it",
  );
}
