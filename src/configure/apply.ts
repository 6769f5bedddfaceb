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
import { takeLogins } from "../clients/docker/taken-login.ts";
import { openBackup, removeBackup, writeBackup } from "../clients/files/backup.ts";
import { type ClientFile, checkClientFile, replaceClientFile } from "../clients/files/client-file.ts";
import { isBlank } from "../clients/json/text.ts";
import type { OtherLogins } from "../protocol/other-logins.ts";
import { writeLasting } from "../store/files/write.ts";
import { fingerprint } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { difference } from "./diff.ts";
import { type Incoming, importLogins, type MovingIn } from "./import-logins.ts";
import type { WiringTarget } from "./target.ts";
import { mergeImported, readRecord } from "./undo-record.ts";

/** What is to be made of a config that names helpers. */
export interface WiringChoice {
  readonly helperConfig: HelperConfig;
  readonly replace: boolean;
  /** ECR's tokens whose entries are emptied. */
  readonly tokens: readonly EcrToken[];
  readonly moving?: MovingIn;
  /** Where moved logins are kept. */
  readonly kept?: { readonly logins: OtherLogins; readonly place: string };
}

export interface WiringPlan extends WiringChoice {
  /** The text of the config, after it. */
  readonly edited: Edited;
}

/** @throws Failure DOCKER_CONFIG_SYNTAX, DOCKER_CONFIG_TAKEN */
export function planned(before: string | undefined, plan: WiringChoice, name: string): WiringPlan {
  const text = before ?? emptyConfig;
  // What is no config is refused before it is edited.
  readDockerConfig(text, name);
  const without = withoutLogins(text, new Set(takenOut(plan).keys()));
  mustHideNone(without, plan, name);
  return { ...plan, edited: configure(without, plan.helperConfig, plan.replace, name) };
}

/** What would change, for a person; no secret. */
export function plannedDifference(
  { path }: WiringTarget,
  before: string | undefined,
  { edited: { text } }: WiringPlan,
): string {
  return difference(path, before ?? (text === emptyConfig ? text : ""), text);
}

/** Whether the config becomes another one. @param before absent: there is no file */
export function changesFile(before: string | undefined, { edited: { text } }: WiringPlan): boolean {
  return text !== (before ?? emptyConfig);
}

/**
 * Carries it out. Whenever it ends in between, each login stands in the file or is kept here, or both.
 *
 * @returns whether the file was changed
 * @throws Failure as `importLogins`, CLIENT_FILE, CLIENT_UNSAFE, CLIENT_FILE_CHANGED, STATE_…
 */
export async function wireFile(
  { path, record, state }: WiringTarget,
  file: ClientFile,
  plan: WiringPlan,
): Promise<boolean> {
  const { found, text: before } = file;
  const { moving, kept, edited } = plan;
  const { text, replaced, back } = edited;
  const isChanged = changesFile(before, plan);
  if (isChanged) await checkClientFile(file);
  const backup = await openBackup(path);
  if (moving && kept) await importLogins(moving.incoming, kept.logins, kept.place);
  if (!isChanged) return false;
  const moved = movedOut(plan);
  const { taken } = takeLogins(before ?? "", takenOut(plan));
  const known = await readRecord(record);
  const tokens = Object.fromEntries(plan.tokens.map(({ key, login }) => [key, login]));
  const dropped = { ...known.dropped, ...tokens };
  const imported = moved.map(({ key, server, isKept }) => ({ key, server, wasKept: isKept }));
  // The record first: were it lost after the edit, what was replaced would be lost too.
  await writeLasting(state, record, {
    path,
    was: before === undefined ? null : isBlank(before) ? before : known.was,
    folders: [...(known.folders ?? []), ...found.missing.toReversed()],
    replaced: mergeReplaced(known.replaced, replaced),
    steps: [...(known.steps ?? []), { made: fingerprint(text), back, logins: taken }],
    imported: mergeImported(known.imported ?? [], imported),
    dropped,
    droppedFingerprint: fingerprint(dropped),
  });
  if (before !== undefined && !isBlank(before)) await keepBackup(backup, before, moved);
  try {
    await replaceClientFile(file, text);
  } catch (error) {
    // A copy of a file that was not changed would be taken for the first version later.
    if (backup.text === undefined) await removeBackup(await openBackup(path)).catch(() => undefined);
    throw error;
  }
  return true;
}

/**
 * The file as it was before this program's first edit, once; later edits leave it. What moved into this helper's
 * keeping must not lie on in plain text there.
 */
async function keepBackup(backup: ClientFile, before: string, moved: readonly MovedOut[]): Promise<void> {
  const base = backup.text ?? before;
  const servers = new Set(moved.map(({ server }) => server));
  const keys = loginsIn(base).flatMap((each) =>
    each.kind === "login" && servers.has(each.server) ? [each.key] : [],
  );
  const text = withoutLogins(base, new Set(keys));
  if (text !== backup.text) await writeBackup(backup, text);
}

type MovedOut = Incoming & { readonly key: string };

/** By key of `auths`. */
function takenOut(plan: WiringChoice): ReadonlyMap<string, Login> {
  return new Map([...plan.tokens, ...movedOut(plan)].map(({ key, login }) => [key, login]));
}

/** @throws Failure DOCKER_CONFIG_TAKEN where Docker would no longer use a login that --import can't move */
function mustHideNone(without: string, { helperConfig, replace, moving }: WiringChoice, name: string): void {
  if (!moving || replace || helperConfig.kind !== "all") return;
  const { credsStore, logins } = readDockerConfig(without, name);
  if (credsStore || logins.length === 0) return;
  const reasons = moving.left
    .filter(({ key }) => logins.includes(key))
    .map(({ key, why }) => `${key}: ${why}`);
  throw new Failure(
    "DOCKER_CONFIG_TAKEN",
    `--import can't move every login in ${name}, and Docker would no longer use those that stay: ${reasons.join("; ")}`,
    "take them out of its auths, name single registries instead of --import, or give --replace to do without them",
  );
}

function movedOut({ moving }: WiringChoice): readonly MovedOut[] {
  return (moving?.incoming ?? []).flatMap((each) =>
    each.key === undefined ? [] : [{ ...each, key: each.key }],
  );
}
