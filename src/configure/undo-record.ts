import { readdir } from "node:fs/promises";
import type { Replaced } from "../clients/docker/edit-config.ts";
import type { Login } from "../clients/docker/login.ts";
import { filledIn, type TakenLogin } from "../clients/docker/taken-login.ts";
import { applied, type Edit } from "../clients/json/text.ts";
import { inspectFile } from "../store/files/inspect.ts";
import { fingerprint } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";

/** What `configure-docker` has done to a file, so that it can be undone. */
export interface UndoRecord {
  /** The file that it is about. */
  readonly path?: string;
  /** "own": the whole file is this program's; absent: a config of Docker's or podman's. */
  readonly kind?: "own";
  /** The whole file before, where it held nothing: its white space; null: there was none. */
  readonly was?: string | null;
  /** Made for it, innermost first. */
  readonly folders?: readonly string[];
  readonly replaced: Replaced;
  /** The edits of the helpers' names, oldest first. */
  readonly steps?: readonly Step[];
  /** Logins that were moved out of it into this helper's keeping; no secret. */
  readonly imported?: readonly Imported[];
  /** ECR's tokens that were taken out of `auths`, by key. */
  readonly dropped?: Readonly<Record<string, Login>>;
  /** Of `dropped`: a damaged token is not put back, and all else is undone. */
  readonly droppedFingerprint?: string;
}

export interface Step {
  /** Of the text that the edit made. */
  readonly made: string;
  /** What gives back the text that it was made of, but for logins. */
  readonly back: readonly Edit[];
  /** What puts back the logins that were taken out before. */
  readonly logins?: readonly TakenLogin[];
}

/**
 * The text without the last edits, byte for byte, as far as no other program has written the file since.
 *
 * @param logins those that are to be put back, by key of `auths`
 */
export function stepBack(
  text: string,
  { steps = [] }: UndoRecord,
  logins: ReadonlyMap<string, Login>,
): string {
  let before = text;
  for (const { made, back, logins: taken = [] } of steps.toReversed()) {
    if (fingerprint(before) !== made) return before;
    const edits = taken.flatMap((each) => {
      const login = logins.get(each.key);
      const content = login && filledIn(each, login);
      return content === undefined ? [] : [{ offset: each.offset, length: each.length, content }];
    });
    before = applied(applied(before, back), edits);
  }
  return before;
}

export interface Imported {
  /** In `auths`. */
  readonly key: string;
  readonly server: string;
  /** Whether the same login was kept here before. */
  readonly wasKept: boolean;
}

export async function readRecord(path: string): Promise<UndoRecord> {
  const found = await inspectFile(path);
  if (found.kind !== "text") return { replaced: {} };
  try {
    const record = JSON.parse(found.text) as UndoRecord;
    const { dropped, droppedFingerprint, ...rest } = record;
    const isDamaged = droppedFingerprint !== undefined && droppedFingerprint !== fingerprint(dropped);
    return { ...rest, ...(dropped && !isDamaged && { dropped }), replaced: record.replaced ?? {} };
  } catch {
    return { replaced: {} };
  }
}

/** Two edits' worth of imported logins: what was kept before the first was kept. */
export function mergeImported(older: readonly Imported[], newer: readonly Imported[]): readonly Imported[] {
  const known = new Set(older.map(({ key }) => key));
  return [...older, ...newer.filter(({ key }) => !known.has(key))];
}

/** What can be undone, wherever it was done. @throws Failure CLIENT_FILE where that can't be told */
export async function recordsIn(folder: string): Promise<readonly { path: string; record: string }[]> {
  const names = await readdir(folder).catch((error: { code?: string }) => {
    if (error.code === "ENOENT") return [];
    throw unreadable(folder, error.code ?? "unknown error");
  });
  const found: { path: string; record: string }[] = [];
  for (const name of names.filter((each) => each.endsWith(".json")).sort()) {
    const record = `${folder}/${name}`;
    const { path } = await readRecord(record);
    // Passed over, it would be lost with the state folder, and Docker would go on asking a helper that is gone.
    if (path === undefined) throw unreadable(record, "no record of this program's");
    found.push({ path, record });
  }
  return found;
}

function unreadable(path: string, why: string): Failure {
  return new Failure(
    "CLIENT_FILE",
    `${path} can't be read (${why})`,
    "remove it once no config.json of Docker's names this helper any more",
  );
}
