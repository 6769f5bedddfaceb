import { existsSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { readConfigText } from "../config/read.ts";
import { removeRegistrations } from "../config/remove-added.ts";
import { undoRecordPath } from "../store/files/paths.ts";
import { removeState, writeDurable } from "../store/files/write.ts";
import { fingerprint } from "../token/dependencies.ts";
import { type ConfigPlan, editConfigFile } from "./config-file.ts";
import { configuredFiles } from "./configured-files.ts";
import { changedLines } from "./diff.ts";
import { type AddedRegistration, readRecord, recordText, stepBack, type UndoRecord } from "./undo-record.ts";

/** Records which entries are about to be added to config.yaml. @throws Failure STATE_…, UNDO_TOO_LARGE */
export async function recordConfig(plan: ConfigPlan, state: string, client: string): Promise<void> {
  const { file, before, after, registrations } = plan;
  const record = undoRecordPath(state, file);
  const recorded = await readRecord(record);
  // The entries of a file that the user has removed since are gone.
  const known = before === undefined ? { ...recorded, steps: [], added: [] } : recorded;
  const step = { made: fingerprint(after), back: [changeBetween(after, before ?? "")] };
  const was = before === undefined ? null : known.was;
  const content: UndoRecord = {
    path: file,
    kind: "config",
    ...(was !== undefined && { was }),
    folders: [...(known.folders ?? []), ...missingFolders(file)],
    replaced: {},
    steps: [...(known.steps ?? []), step],
    added: [...(known.added ?? []), ...registrations.map((each) => ({ ...each, for: client }))],
  };
  await writeDurable(state, record, recordText(content));
}

export interface UndoConfigOptions {
  readonly state: string;
  readonly dryRun: boolean;
  print(text: string): void;
  /** Prints lines of a file unchanged. */
  show(text: string): void;
}

/**
 * Removes the entries of config.yaml that `configure-docker` has added, if they are unchanged. An entry for an account that
 * another configured file uses stays for that file: without it, its tokens would be requested with another identity.
 *
 * @param client only the entries that were proposed with this file; undefined: all
 * @param undone the paths of the files that are undone
 * @throws Failure CONFIG_WRITE, STATE_…, and what reading the file throws
 */
export async function undoConfig(
  file: string,
  { state, dryRun, print, show }: UndoConfigOptions,
  client: string | undefined,
  undone: ReadonlySet<string>,
): Promise<void> {
  const record = undoRecordPath(state, file);
  const known = await readRecord(record);
  const isOurs = ({ for: path }: { readonly for: string }) => client === undefined || path === client;
  const added = known.added ?? [];
  if (!added.some(isOurs)) return;
  const kept = client === undefined ? [] : await neededBy(added.filter(isOurs), dirname(record), undone);
  const accounts = new Set(kept.map(({ account }) => account));
  const removed = added.filter((each) => isOurs(each) && !accounts.has(each.account));
  const others = [...added.filter((each) => !isOurs(each)), ...kept];
  const keptReasons = kept.map(
    ({ account, for: path }) => `${file}: left for ${path}: the entry of account ${account}`,
  );
  if (removed.length === 0) {
    if (!dryRun) await writeDurable(state, record, recordText({ ...known, added: others }));
    return keptReasons.forEach(print);
  }
  const before = await readConfigText(file);
  let left: readonly string[] = [];
  const without = (text: string): string | undefined => {
    const original = others.length === 0 ? originalText(text, known) : undefined;
    const removal =
      original === undefined ? removeRegistrations(text, removed) : { text: original, left: [] };
    ({ left } = removal);
    return isNew(removal.text, known) ? undefined : removal.text;
  };
  const after = before === undefined ? undefined : without(before);
  const reasons = [...keptReasons, ...left.map((line) => `${file}: left: ${line}`)];
  if (dryRun) {
    if (after !== before) show(changedLines(file, before ?? "", after ?? ""));
    return reasons.forEach(print);
  }
  if (before !== undefined) {
    await editConfigFile(file, async (now) => (now === undefined ? undefined : without(now)));
    if (after === undefined)
      for (const folder of known.folders ?? []) await rmdir(folder).catch(() => undefined);
  }
  // Bytes that another undo leaves are not restored exactly.
  if (others.length > 0)
    await writeDurable(state, record, recordText({ ...known, steps: [], added: others }));
  else await removeState(record);
  if (after !== before) print(`${file}: the entries that configure-docker added were removed`);
  reasons.forEach(print);
}

/** The entries of accounts that another configured file uses, now for that file. */
async function neededBy(
  added: readonly AddedRegistration[],
  records: string,
  undone: ReadonlySet<string>,
): Promise<readonly AddedRegistration[]> {
  const files = await configuredFiles(records, ({ path }) => !undone.has(path));
  if (!files) return added;
  return added.flatMap((each) => {
    const user = files.find(({ usesAccount }) => usesAccount(each.account));
    return user ? [{ ...each, for: user.path }] : [];
  });
}

/** The text before the first edit; undefined if another program or the user has written the file since. */
function originalText(text: string, known: UndoRecord): string | undefined {
  const steps = known.steps ?? [];
  let made = text;
  for (const step of steps.toReversed()) {
    if (fingerprint(made) !== step.made) return undefined;
    made = stepBack(made, { replaced: {}, steps: [step] }, new Map());
  }
  return steps.length > 0 ? made : undefined;
}

/** Whether the text is only what this program wrote into a file that it has created. */
function isNew(text: string, { was }: UndoRecord): boolean {
  return was === null && /^(?:(?:# yaml-language-server: [^\n]*\n)?version: 1\n)?$/.test(text);
}

/** One edit that makes `after` of `before`. */
function changeBetween(before: string, after: string) {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const content = after.slice(start, after.length - end);
  return { offset: start, length: before.length - end - start, content };
}

/** The folders that will be created for a file, innermost first. */
function missingFolders(file: string): readonly string[] {
  const missing: string[] = [];
  for (let folder = dirname(file); !existsSync(folder); folder = dirname(folder)) missing.push(folder);
  return missing;
}
