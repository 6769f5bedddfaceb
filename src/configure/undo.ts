import { foldersOf } from "../config/folders.ts";
import { otherLogins } from "../logins/choose.ts";
import { openFastFiles } from "../store/files/open-fast-files.ts";
import type { Context } from "../terminal/command-context.ts";
import { Declined, isAffirmative, type Prompt } from "../terminal/prompt.ts";
import { wrapped } from "../terminal/wrap.ts";
import { foreignName } from "../token/foreign-text.ts";
import type { ConfigureOptions } from "./options.ts";
import { podmanDropIn } from "./podman.ts";
import type { ConfigureTarget } from "./target.ts";
import { undoConfig } from "./undo-config.ts";
import { type UndoOptions, unconfigureFile } from "./undo-file.ts";
import { readRecord, recordsIn, type UndoRecord } from "./undo-record.ts";

/** `configure-docker --undo` and `--export`. @throws Failure as `unconfigureFile`, Declined */
export async function undoAll(
  { path, record, state }: ConfigureTarget,
  options: ConfigureOptions,
  { env, home, print }: Context,
  prompt: Prompt | undefined,
): Promise<void> {
  const printWrapped = (text: string) => print(wrapped(text));
  const undoOptions: UndoOptions = {
    dryRun: options.dryRun === true,
    everywhere: options.everywhere === true,
    logins: options.export ? "all" : options.leaveLogins ? "none" : "imported",
    store: otherLogins(env, foldersOf(env, home, await openFastFiles()), Date.now),
    print: printWrapped,
    show: print,
    confirmWrite: (keys) => confirmWrite(keys, options, printWrapped, prompt),
    now: Date.now,
  };
  const more = options.podman ? [podmanDropIn(env, home, state)] : [];
  const dropIn = more[0]?.path;
  const clients = options.everywhere
    ? await recordsIn(`${state}/clients`)
    : await Promise.all(more.map(async (each) => ({ ...each, ...(await readRecord(each.record)) })));
  // A drop-in without a record was not written by this program.
  const isClient = ({ kind, path: file }: { kind?: UndoRecord["kind"]; path: string }) =>
    kind !== "config" && (kind === "own" || file !== dropIn);
  const all = [{ path, record }, ...clients.filter((other) => other.record !== record && isClient(other))];
  // The deepest first, so that created folders are empty when they are removed.
  const depth = ({ path: one }: { path: string }) => one.split("/").length;
  for (const each of all.toSorted((a, b) => depth(b) - depth(a)))
    await unconfigureFile(each.path, each.record, undoOptions);
  // Last, so that Docker never requests a token with another identity.
  const config = { state, dryRun: undoOptions.dryRun, print: printWrapped, show: print };
  await undoConfig(
    foldersOf(env, home, await openFastFiles()).configFile,
    config,
    options.everywhere ? undefined : path,
    new Set(all.map((each) => each.path)),
  );
}

/** --undo needs no confirmation; --export writes every login in plain text, and does. */
async function confirmWrite(
  keys: readonly string[],
  { yes, export: isExport }: ConfigureOptions,
  print: (text: string) => void,
  prompt: Prompt | undefined,
): Promise<void> {
  print("Logins are written to config.json in plain text, where every program of this user can read them:");
  for (const key of keys) print(`  ${foreignName(key)}`);
  if (!isExport || yes || !prompt) return;
  if (!isAffirmative(await prompt.ask("Write them? [y/N] "), false)) throw new Declined();
}
