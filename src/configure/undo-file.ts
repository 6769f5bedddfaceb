import { isEmptyObject } from "../clients/docker/auths.ts";
import { placesOfHelper, unconfigure } from "../clients/docker/edit-config.ts";
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
import { fingerprint } from "../token/dependencies.ts";
import { foreignName } from "../token/foreign-text.ts";
import { difference } from "./diff.ts";
import { type ExportPlan, exportLogins, planExport, restoreTokens } from "./export-logins.ts";
import { neededElsewhere } from "./shared-logins.ts";
import { readRecord, stepBack, type UndoRecord } from "./undo-record.ts";

export interface UndoOptions {
  readonly dryRun: boolean;
  /** Whether all configured files are undone. */
  readonly everywhere: boolean;
  /** The logins to write back to the file: those that were imported from it, all stored ones, or none. */
  readonly logins: "imported" | "all" | "none";
  readonly store: OtherLogins;
  print(text: string): void;
  /** Prints lines of a file unchanged. */
  show(text: string): void;
  /** Called before logins are written in plain text, with their keys in `auths`. @throws Failure to prevent it */
  confirmWrite(keys: readonly string[]): Promise<void>;
  now(): number;
}

/**
 * Removes this helper from a file and restores what it had replaced. If the process ends in between, it can be run again,
 * and each login is still in the file or in the store, or in both.
 *
 * @throws Failure CLIENT_FILE, CLIENT_UNSAFE, CLIENT_FILE_CHANGED, DOCKER_CONFIG_SYNTAX, EXPORT_UNREADABLE
 */
export async function unconfigureFile(path: string, record: string, options: UndoOptions): Promise<void> {
  const { dryRun, print } = options;
  const file = await openClientFile(path);
  const before = file.text;
  const known = await readRecord(record);
  if (known.kind === "own") return await removeOwn(file, record, known, options);
  const exports = await planWriteBack(before ?? "{}", known, options);
  const count = exports.logins.size;
  if (before === undefined && count === 0) {
    if (!dryRun) await removeState(record);
    print(`${path}: does not exist, nothing to undo`);
    return printSkipped(exports, print);
  }
  const after = restored(before ?? "{}", path, known, exports, options.now());
  const left = leftPlaces(after ?? "", path);
  if (dryRun) {
    options.show(difference(path, before ?? "", after ?? ""));
    for (const line of left) print(line);
    return;
  }
  if (count > 0) await options.confirmWrite([...exports.logins.keys()]);
  if (after === null) await removeClientFile(file, known.folders ?? []);
  else if (after !== before) await replaceClientFile(file, after, count > 0);
  const written = (await openClientFile(path)).text ?? "";
  const neededBy =
    exports.toErase.length > 0 ? await neededElsewhere(record, !options.everywhere) : () => undefined;
  const byUser = Map.groupBy(exports.toErase, ({ server }) => neededBy(server));
  const remaining = await exportLogins(byUser.get(undefined) ?? [], written, options.store);
  await dropBackup(path, written, known, print);
  await removeState(record);
  const done = left.length > 0 ? "what configure-docker changed was undone" : "this helper was removed";
  print(`${path}: ${after === before ? "nothing to undo" : done}`);
  for (const line of left) print(line);
  printSkipped(exports, print);
  if (remaining.length > 0)
    print(`still stored by this helper too: ${remaining.map(foreignName).join(", ")}`);
  if (options.everywhere) return;
  for (const [file, logins] of byUser) {
    if (file === undefined) continue;
    const servers = logins.map(({ server }) => foreignName(server)).join(", ");
    print(`still stored by this helper too, for ${file}: ${servers}`);
  }
}

function printSkipped({ skipped }: ExportPlan, print: (text: string) => void): void {
  for (const line of skipped) print(`not restored: ${line}`);
}

/** The entries that this program did not write. */
function leftPlaces(text: string, path: string): readonly string[] {
  const places = placesOfHelper(text, path);
  if (places.length === 0) return [];
  return [
    `${path}: left, because there is no record that configure-docker added it: ${places.join(", ")}; remove it by hand if this helper must no longer be used`,
  ];
}

async function planWriteBack(
  text: string,
  known: UndoRecord,
  { logins, store }: UndoOptions,
): Promise<ExportPlan> {
  const imported = logins === "none" ? [] : (known.imported ?? []);
  return await planExport(text, imported, logins === "all", store);
}

/** The text of the file after undo. @returns null if the file is to be removed */
function restored(
  before: string,
  path: string,
  known: UndoRecord,
  exports: ExportPlan,
  now: number,
): string | null {
  const logins = new Map([...restoreTokens(before, known, now), ...exports.logins]);
  const unconfigured = unconfigure(stepBack(before, known, logins), known.replaced, path);
  const inFile = new Set(loginsIn(unconfigured).map(({ key }) => key));
  const text = withLogins(unconfigured, new Map([...logins].filter(([key]) => !inFile.has(key))));
  return isEmptyObject(text) && known.was !== undefined ? known.was : text;
}

/** Removes the backup if the file is as it was then, except for imported logins. */
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
  else print(`${backupPath(path)} is the original file; remove it when you no longer need it`);
}

function withoutAll(text: string): string {
  return withoutLogins(text, new Set(loginsIn(text).map(({ key }) => key)));
}

async function removeOwn(
  file: ClientFile,
  record: string,
  known: UndoRecord,
  { dryRun, print }: UndoOptions,
): Promise<void> {
  const { path } = file.found;
  const { text } = file;
  const isChanged = text !== undefined && known.made !== undefined && known.made !== fingerprint(text);
  const isRestored = typeof known.was === "string";
  if (isChanged) print(`${path}: left, because it was changed since configure-docker wrote it`);
  else if (text === undefined) print(`${path}: does not exist, nothing to undo`);
  else if (dryRun) print(`would ${isRestored ? "restore" : "remove"} ${path}`);
  else {
    if (isRestored) await replaceClientFile(file, known.was ?? "");
    else await removeClientFile(file, known.folders ?? []);
    print(`${path}: ${isRestored ? "restored" : "removed"}`);
  }
  if (!dryRun) await removeState(record);
}
