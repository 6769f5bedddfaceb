import { dirname } from "node:path";
import {
  configure,
  type Edited,
  emptyConfig,
  type HelperConfig,
  mergeReplaced,
} from "../clients/docker/edit-config.ts";
import { withoutLogins } from "../clients/docker/edit-logins.ts";
import type { Login } from "../clients/docker/login.ts";
import { type EcrToken, loginsIn } from "../clients/docker/logins.ts";
import { readDockerConfig } from "../clients/docker/read-config.ts";
import { describeRemoval } from "../clients/docker/removed-login.ts";
import { openBackup, removeBackup, writeBackup } from "../clients/files/backup.ts";
import { type ClientFile, checkClientFile, replaceClientFile } from "../clients/files/client-file.ts";
import { isBlank } from "../clients/json/text.ts";
import type { OtherLogins } from "../protocol/other-logins.ts";
import { writeDurable } from "../store/files/write.ts";
import { fingerprint } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { foreignNames } from "../token/foreign-text.ts";
import { difference } from "./diff.ts";
import { type ImportPlan, type Incoming, importLogins } from "./import-logins.ts";
import { importedServers } from "./shared-logins.ts";
import type { ConfigureTarget } from "./target.ts";
import { mergeImported, readRecord, recordText, type UndoRecord } from "./undo-record.ts";

/** The requested change of a config that names helpers. */
export interface ConfigureRequest {
  readonly helperConfig: HelperConfig;
  readonly replace: boolean;
  /** ECR tokens to remove from the file. */
  readonly tokens: readonly EcrToken[];
  readonly imports?: ImportPlan;
  /** The store for imported logins, and its name for messages. */
  readonly store?: { readonly logins: OtherLogins; readonly name: string };
}

export interface ConfigurePlan extends ConfigureRequest {
  /** The edited config. */
  readonly edited: Edited;
}

/** @throws Failure DOCKER_CONFIG_SYNTAX, DOCKER_CONFIG_TAKEN */
export function planChange(before: string | undefined, plan: ConfigureRequest, name: string): ConfigurePlan {
  const text = before ?? emptyConfig;
  // An invalid config is refused before it is edited.
  readDockerConfig(text, name);
  const without = withoutLogins(text, new Set(removedLogins(plan).keys()));
  assertHidesNoLogin(without, plan, name);
  return { ...plan, edited: configure(without, plan.helperConfig, plan.replace, name) };
}

/** The changed lines for users, without secrets. */
export function plannedDifference(
  { path }: ConfigureTarget,
  before: string | undefined,
  { edited: { text } }: ConfigurePlan,
): string {
  return difference(path, before ?? (text === emptyConfig ? text : ""), text);
}

/** Whether the plan changes the config. @param before undefined: there is no file */
export function changesFile(before: string | undefined, { edited: { text } }: ConfigurePlan): boolean {
  return text !== (before ?? emptyConfig);
}

/**
 * Applies the plan. If the process ends in between, each login is still in the file or in the store, or in both.
 *
 * @returns whether the file was changed
 * @throws Failure as `importLogins`, UNDO_TOO_LARGE, CLIENT_FILE, CLIENT_UNSAFE, CLIENT_FILE_CHANGED, STATE_…
 */
export async function configureFile(
  target: ConfigureTarget,
  file: ClientFile,
  plan: ConfigurePlan,
): Promise<boolean> {
  const { path, record, state } = target;
  const { text: before } = file;
  const { imports, store, edited } = plan;
  const { text } = edited;
  const isChanged = changesFile(before, plan);
  if (isChanged) await checkClientFile(file);
  const backup = await openBackup(path);
  const moved = loginsFromFile(plan);
  const known = isChanged ? await readRecord(record) : { replaced: {} };
  const undo = isChanged ? recordText(await recordOf(target, file, plan, known)) : "";
  if (imports && store) await importLogins(imports.incoming, store.logins, store.name);
  if (!isChanged) return false;
  // The record first: without it, the replaced values would be lost after the edit.
  await writeDurable(state, record, undo);
  if (before !== undefined && !isBlank(before) && !isOwnFile(before, known))
    await updateBackup(backup, before, moved);
  try {
    await replaceClientFile(file, text);
  } catch (error) {
    // A backup of an unchanged file would later count as the original version.
    if (backup.text === undefined) await removeBackup(await openBackup(path)).catch(() => undefined);
    throw error;
  }
  return true;
}

/** Whether this program has created the file, and is the last to have changed it: then it is no original. */
function isOwnFile(text: string, { was, steps = [] }: UndoRecord): boolean {
  return was === null && steps.at(-1)?.made === fingerprint(text);
}

/** The undo record of the file once it is edited. @param known the record before */
async function recordOf(
  { path, record }: ConfigureTarget,
  { found, text: before }: ClientFile,
  plan: ConfigurePlan,
  known: UndoRecord,
): Promise<UndoRecord> {
  const { text, replaced, back } = plan.edited;
  const { removed } = describeRemoval(before ?? "", removedLogins(plan));
  const tokens = Object.fromEntries(plan.tokens.map(({ key, login }) => [key, login]));
  const dropped = { ...known.dropped, ...tokens };
  const moved = loginsFromFile(plan);
  const shared = moved.length > 0 ? await importedServers(dirname(record)) : new Set();
  const imported = moved.map(({ key, server, isStored }) => {
    return { key, server, wasKept: isStored && !shared.has(server) };
  });
  const was = before === undefined ? null : isBlank(before) ? before : known.was;
  return {
    path,
    ...(was !== undefined && { was }),
    folders: [...(known.folders ?? []), ...found.missing.toReversed()],
    replaced: mergeReplaced(known.replaced, replaced),
    steps: [...(known.steps ?? []), { made: fingerprint(text), back, logins: removed }],
    imported: mergeImported(known.imported ?? [], imported),
    dropped,
    droppedFingerprint: fingerprint(dropped),
  };
}

/**
 * Writes the backup of the file before this program's first edit; later edits keep it. Imported logins are removed from it:
 * they must not stay there in plain text.
 */
async function updateBackup(
  backup: ClientFile,
  before: string,
  moved: readonly LoginFromFile[],
): Promise<void> {
  const base = backup.text ?? before;
  const servers = new Set(moved.map(({ server }) => server));
  const keys = loginsIn(base).flatMap((each) =>
    each.kind === "login" && servers.has(each.server) ? [each.key] : [],
  );
  const text = withoutLogins(base, new Set(keys));
  if (text !== backup.text) await writeBackup(backup, text);
}

type LoginFromFile = Incoming & { readonly key: string };

/** The logins that are removed from `auths`, by key. */
function removedLogins(plan: ConfigureRequest): ReadonlyMap<string, Login> {
  return new Map([...plan.tokens, ...loginsFromFile(plan)].map(({ key, login }) => [key, login]));
}

/** @throws Failure DOCKER_CONFIG_TAKEN if Docker would no longer use a login that --import can't move */
function assertHidesNoLogin(
  without: string,
  { helperConfig, replace, imports }: ConfigureRequest,
  name: string,
): void {
  if (!imports || replace || helperConfig.kind !== "all") return;
  const { credsStore, logins } = readDockerConfig(without, name);
  if (credsStore || logins.length === 0) return;
  const hidden = new Set(logins);
  const reasons = imports.skipped
    .filter(({ key }) => hidden.has(key))
    .map(({ key, why }) => `${key}: ${why}`);
  throw new Failure(
    "DOCKER_CONFIG_TAKEN",
    `--import can't move every login in ${name}, and Docker would no longer use the remaining ones: ${foreignNames(reasons, "; ")}`,
    "remove them from its auths, name single registries instead of --import, or use --replace to lose them",
  );
}

function loginsFromFile({ imports }: ConfigureRequest): readonly LoginFromFile[] {
  return (imports?.incoming ?? []).flatMap((each) =>
    each.key === undefined ? [] : [{ ...each, key: each.key }],
  );
}
