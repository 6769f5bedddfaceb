import { existsSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { AccountRegistration } from "../config/add-registrations.ts";
import { readTextToEdit } from "../config/read.ts";
import { mayHaveEntry, removeRegistrations } from "../config/remove-added.ts";
import { undoRecordPath } from "../store/files/paths.ts";
import { removeState, writeDurable } from "../store/files/write.ts";
import { fingerprint } from "../token/dependencies.ts";
import { type ConfigPlan, editConfigFile } from "./config-file.ts";
import { configuredFiles } from "./configured-files.ts";
import { changedLines } from "./diff.ts";
import {
  type AddedRegistration,
  readRecord,
  recordText,
  type Step,
  stepBack,
  type UndoRecord,
} from "./undo-record.ts";

/** Records which entries are about to be added to config.yaml. @throws Failure STATE_…, UNDO_TOO_LARGE */
export async function recordConfig(plan: ConfigPlan, state: string, client: string): Promise<void> {
  const { file, before, after, registrations } = plan;
  const record = undoRecordPath(state, file);
  const recorded = await readRecord(record);
  // The entries of a file that the user has removed since are gone.
  const known = before === undefined ? { ...recorded, steps: [], added: [] } : recorded;
  const earlier = known.added ?? [];
  const accounts = new Set(registrations.map(({ account }) => account));
  const was = before === undefined ? null : known.was;
  const content: UndoRecord = {
    path: file,
    kind: "config",
    ...(was !== undefined && { was }),
    folders: [...(known.folders ?? []), ...missingFolders(file)],
    replaced: {},
    steps: [...(known.steps ?? []), stepBetween(before ?? "", after)],
    added: [
      // The user has removed an earlier entry of the account, or the file could not be written then.
      ...earlier.filter(({ account }) => !accounts.has(account)),
      ...withProfiles(registrations, earlier).map((each) => ({ ...each, for: client })),
    ],
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
  const before = await readTextToEdit(file);
  const stored = added.filter(
    (each) => isOurs(each) && before !== undefined && mayHaveEntry(before, each.account),
  );
  const kept = client === undefined ? [] : await neededBy(stored, dirname(record), undone);
  const accounts = new Set(kept.map(({ account }) => account));
  const removed = added.filter((each) => isOurs(each) && !accounts.has(each.account));
  const others = withProfiles([...added.filter((each) => !isOurs(each)), ...kept], removed);
  const keptReasons = kept.map(
    ({ account, for: path }) => `${file}: left for ${path}: the entry of account ${account}`,
  );
  if (removed.length === 0) {
    if (!dryRun) await writeDurable(state, record, recordText({ ...known, added: others }));
    return keptReasons.forEach(print);
  }
  let left: readonly string[] = [];
  const without = (text: string): string | undefined => {
    const original = others.length === 0 ? originalText(text, known) : undefined;
    const removal =
      original === undefined
        ? removeRegistrations(text, withoutProfiles(removed, others))
        : { text: original, left: [] };
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
  // The step of a partial undo keeps the chain of steps complete: the last undo restores the original text.
  const steps =
    after === before ? (known.steps ?? []) : withStep(known.steps ?? [], before ?? "", after ?? "");
  if (others.length > 0) await writeDurable(state, record, recordText({ ...known, steps, added: others }));
  else await removeState(record);
  if (after !== before) {
    const which = reasons.length > 0 || others.length > 0 ? "entries" : "the entries";
    const forClient = others.length > 0 && client !== undefined ? ` for ${client}` : "";
    print(`${file}: ${which} that configure-docker added${forClient} were removed`);
  }
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

/** The same entries; an entry whose identity an entry of `from` has added takes its profile, so that its undo removes it. */
function withProfiles<Entry extends AccountRegistration>(
  entries: readonly Entry[],
  from: readonly AccountRegistration[],
): readonly Entry[] {
  return entries.map((entry) => {
    const profile = entry.profile ?? from.find(({ identity }) => identity === entry.identity)?.profile;
    return profile === undefined ? entry : { ...entry, profile };
  });
}

/** The same entries, without the identities that others use. */
function withoutProfiles(
  entries: readonly AccountRegistration[],
  others: readonly AccountRegistration[],
): readonly AccountRegistration[] {
  const used = new Set(others.map(({ identity }) => identity));
  return entries.map(({ profile, ...entry }) =>
    profile === undefined || used.has(entry.identity) ? entry : { ...entry, profile },
  );
}

function stepBetween(before: string, after: string): Step {
  return { made: fingerprint(after), back: [changeBetween(after, before)] };
}

/** The steps after one more edit. If it has restored an earlier text, they end with that. */
function withStep(steps: readonly Step[], before: string, after: string): readonly Step[] {
  const step = stepBetween(before, after);
  const same = steps.findIndex(({ made }) => made === step.made);
  return same < 0 ? [...steps, step] : steps.slice(0, same + 1);
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
