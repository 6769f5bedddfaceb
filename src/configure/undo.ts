import { foldersOf } from "../config/folders.ts";
import { otherLogins } from "../logins/choose.ts";
import { openFastFiles } from "../store/files/open-fast-files.ts";
import type { Context } from "../terminal/command-context.ts";
import { Declined, isAffirmative, type Prompt } from "../terminal/prompt.ts";
import { wrapped } from "../terminal/wrap.ts";
import type { ConfigureOptions } from "./options.ts";
import { podmanDropIn } from "./podman.ts";
import type { WiringTarget } from "./target.ts";
import { type Undoing, unwireFile } from "./undo-file.ts";
import { recordsIn } from "./undo-record.ts";

/** `configure-docker --undo` and `--export`. @throws Failure as `unwireFile`, Declined */
export async function undoAll(
  { path, record, state }: WiringTarget,
  options: ConfigureOptions,
  { env, home, print }: Context,
  person: Prompt | undefined,
): Promise<void> {
  const tell = (text: string) => print(wrapped(text));
  const undoing: Undoing = {
    dryRun: options.dryRun === true,
    logins: options.export ? "all" : options.leaveLogins ? "none" : "imported",
    kept: otherLogins(env, foldersOf(env, home, await openFastFiles()), Date.now),
    print: tell,
    show: print,
    mayWrite: (keys) => mayWrite(keys, options, tell, person),
    now: Date.now,
  };
  const more = options.podman ? [podmanDropIn(env, home, state)] : [];
  const others = options.everywhere ? await recordsIn(`${state}/clients`) : more;
  const all = [{ path, record }, ...others.filter((other) => other.record !== record)];
  // The deepest first, so that folders that were made are empty once it is their turn.
  const depth = ({ path: one }: { path: string }) => one.split("/").length;
  for (const each of all.toSorted((a, b) => depth(b) - depth(a)))
    await unwireFile(each.path, each.record, undoing);
}

/** To undo was asked for as it is; to write every login in plain text is worth a question. */
async function mayWrite(
  keys: readonly string[],
  { yes, export: isExport }: ConfigureOptions,
  print: (text: string) => void,
  person: Prompt | undefined,
): Promise<void> {
  print("Logins come into config.json in plain text, where every program of this user can read them:");
  for (const key of keys) print(`  ${key}`);
  if (!isExport || yes || !person) return;
  if (!isAffirmative(await person.ask("Write them? [y/N] "), false)) throw new Declined();
}
