import { isEmptyObject } from "../clients/docker/auths.ts";
import { unconfigure } from "../clients/docker/edit-config.ts";
import { withLogins, withoutLogins } from "../clients/docker/edit-logins.ts";
import { loginsIn } from "../clients/docker/logins.ts";
import { backupPath, openBackup, removeBackup } from "../clients/files/backup.ts";
import {
  type ClientFile,
  openClientFile,
  removeClientFile,
  replaceClientFile,
} from "../clients/files/client-file.ts";
import type { OtherLogins } from "../protocol/other-logins.ts";
import { removeState } from "../store/files/write.ts";
import { difference } from "./diff.ts";
import { exportLogins, type MovingOut, planExport, restoreTokens } from "./export-logins.ts";
import { readRecord, stepBack, type UndoRecord } from "./undo-record.ts";

export interface Undoing {
  readonly dryRun: boolean;
  /** Which logins go back into the file: those that came out of it, all that are kept here, or none. */
  readonly logins: "imported" | "all" | "none";
  readonly kept: OtherLogins;
  print(text: string): void;
  /** Lines of a file, which are printed as they are. */
  show(text: string): void;
  /** Asked before logins are written in plain text, with their names in `auths`; throws where they are not to be. */
  mayWrite(keys: readonly string[]): Promise<void>;
  now(): number;
}

/**
 * Takes this helper out of one file and puts back what it had replaced. Whenever it ends in between, it can be run
 * again, and each login stands in the file or is kept here, or both.
 *
 * @throws Failure CLIENT_FILE, CLIENT_UNSAFE, CLIENT_FILE_CHANGED, DOCKER_CONFIG_SYNTAX, EXPORT_UNREADABLE
 */
export async function unwireFile(path: string, record: string, undoing: Undoing): Promise<void> {
  const { dryRun, print } = undoing;
  const file = await openClientFile(path);
  const before = file.text;
  const known = await readRecord(record);
  if (known.kind === "own") return await removeOwn(file, record, known, undoing);
  const moving = await movingBack(before ?? "{}", known, undoing);
  const count = moving.logins.size;
  if (before === undefined && count === 0) {
    if (!dryRun) await removeState(record);
    return print(`${path}: there is none, nothing to undo`);
  }
  const after = restored(before ?? "{}", path, known, moving, undoing.now());
  if (dryRun) return undoing.show(difference(path, before ?? "", after ?? ""));
  if (count > 0) await undoing.mayWrite([...moving.logins.keys()]);
  if (after === null) await removeClientFile(file, known.folders ?? []);
  else if (after !== before) await replaceClientFile(file, after, count > 0);
  const written = (await openClientFile(path)).text ?? "";
  const staying = await exportLogins(moving.leaving, written, undoing.kept);
  await dropBackup(path, written, known, print);
  await removeState(record);
  const isIn = after !== before;
  print(isIn ? `${path}: this helper was taken out` : `${path}: this helper is not in it`);
  for (const line of moving.left) print(`not put back: ${line}`);
  if (staying.length > 0) print(`still kept here as well: ${staying.join(", ")}`);
}

async function movingBack(text: string, known: UndoRecord, { logins, kept }: Undoing): Promise<MovingOut> {
  const imported = logins === "none" ? [] : (known.imported ?? []);
  return await planExport(text, imported, logins === "all", kept);
}

/** @returns null: no file */
function restored(
  before: string,
  path: string,
  known: UndoRecord,
  moving: MovingOut,
  now: number,
): string | null {
  const logins = new Map([...restoreTokens(before, known, now), ...moving.logins]);
  const unwired = unconfigure(stepBack(before, known, logins), known.replaced, path);
  const standing = new Set(loginsIn(unwired).map(({ key }) => key));
  const text = withLogins(unwired, new Map([...logins].filter(([key]) => !standing.has(key))));
  return isEmptyObject(text) && known.was !== undefined ? known.was : text;
}

/** It has served where all is as it was then, but for logins that have moved. */
async function dropBackup(
  path: string,
  now: string,
  known: UndoRecord,
  print: (text: string) => void,
): Promise<void> {
  const file = await openBackup(path);
  const backup = file.text;
  if (backup === undefined) return;
  const hasMoved = (known.imported ?? []).length > 0 || known.dropped !== undefined;
  if (backup === now || (hasMoved && withoutAll(backup) === withoutAll(now))) await removeBackup(file);
  else print(`${backupPath(path)} is the file as it was at first; remove it when you need it no more`);
}

function withoutAll(text: string): string {
  return withoutLogins(text, new Set(loginsIn(text).map(({ key }) => key)));
}

async function removeOwn(
  file: ClientFile,
  record: string,
  known: UndoRecord,
  { dryRun, print }: Undoing,
): Promise<void> {
  const { path } = file.found;
  if (dryRun) return print(file.text === undefined ? `${path}: there is none` : `would remove ${path}`);
  if (file.text !== undefined) await removeClientFile(file, known.folders ?? []);
  await removeState(record);
  print(`${path}: removed`);
}
