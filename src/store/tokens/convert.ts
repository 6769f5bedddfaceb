import { readdir, stat, utimes } from "node:fs/promises";
import type {
  AuthorizationEntry,
  LoginEntry,
  LogoutEntry,
  RegistryEntry,
  Sealed,
} from "../../token/entry.ts";
import { Failure } from "../../token/failure.ts";
import { parseLoginOfAnyFormat } from "../../token/former-login.ts";
import { parseAuthorizationEntry, parseRegistryEntry } from "../../token/parse-entry.ts";
import { type AtRest, writeAtRest } from "../encryption/mode.ts";
import { type Inspected, inspectFile } from "../files/inspect.ts";
import { removeState } from "../files/write.ts";
import { isKeychainCode } from "../keychain/keychain.ts";
import type { TokenFiles } from "./token-files.ts";

const folders = {
  tokens: parseRegistryEntry,
  authorizations: parseAuthorizationEntry,
  logins: parseLoginOfAnyFormat,
} as const;

/**
 * Makes all token files what config.yaml wants them to be: encrypts or decrypts each, and removes
 * what can't be. Of what it had to remove for want of a key, `files` keeps the tokens for this process.
 *
 * @param report is told, in one line, of what had to be removed
 * @throws Failure STATE_FOLDER, STATE_WRITE; then it is not finished, and the next goes on
 */
export async function settle(
  state: string,
  wanted: AtRest,
  files: TokenFiles,
  report: (line: string) => void,
): Promise<void> {
  // First, so that who writes from now on goes by it.
  await writeAtRest(state, wanted, false);
  let removed = 0;
  let why: Failure | undefined;
  for (const [folder, parse] of Object.entries(folders)) {
    for (const name of await readdir(`${state}/${folder}`).catch(() => [])) {
      if (name.endsWith(".failed.json")) continue;
      try {
        if (!(await convert(`${state}/${folder}/${name}`, parse, wanted, files))) removed++;
      } catch (error) {
        if (!(error instanceof Failure) || !isKeychainCode(error.code)) throw error;
        why = error;
        removed++;
      }
    }
  }
  // What killed writers left, and what others write at this moment: they write it once more, and look at the mark then.
  if (wanted === "keychain") {
    for (const name of await readdir(`${state}/tmp`).catch(() => []))
      await removeState(`${state}/tmp/${name}`);
  }
  await writeAtRest(state, wanted, true);
  if (removed > 0) {
    const reason = why ? `: ${why.oneLine}` : "";
    report(
      `store is now ${wanted}: ${removed} token files that could not be converted were removed${reason}`,
    );
  }
}

/** @returns false where it had to be removed. @throws Failure KEYCHAIN_…, STATE_WRITE; then nothing lies there in plain */
async function convert(
  path: string,
  parse: (text: string) => Found | undefined,
  wanted: AtRest,
  files: TokenFiles,
): Promise<boolean> {
  const found = await inspectFile(path);
  if (found.kind === "absent") return true;
  const entry = found.kind === "text" ? parse(found.text) : undefined;
  // Of no use to this version; whether a token lies in it nobody knows.
  if (!entry) return wanted === "file" || !(await removeState(path));
  if ("loggedOutAt" in entry || "sealed" in entry === (wanted === "keychain")) return true;
  const opened = "sealed" in entry ? await files.open<Secret>(path, entry) : entry;
  if (!opened) return !(await removeState(path));
  const before = await stat(path).catch(() => undefined);
  // Another has written or removed it meanwhile, and went by the mark.
  if (!before || !isSame(await inspectFile(path), found)) return true;
  try {
    await files.write(path, opened);
  } catch (error) {
    if (wanted === "keychain") await files.unkeep(path, opened);
    throw error;
  }
  // A registry's file tells by it when it was asked for last.
  await utimes(path, before.atime, before.mtime).catch(() => undefined);
  return true;
}

type Secret = RegistryEntry | AuthorizationEntry | LoginEntry;
type Found = Secret | Sealed<Secret> | LogoutEntry;

function isSame(one: Inspected, other: Inspected): boolean {
  return one.kind === "text" && other.kind === "text" && one.text === other.text;
}
