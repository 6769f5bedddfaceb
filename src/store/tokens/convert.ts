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
 * Converts all token files to the mode that config.yaml sets: encrypts or decrypts each, and removes those that can't be
 * converted. If a file is removed because there is no key, `files` keeps the token in memory for this process.
 *
 * @param report gets a line with the number of removed files
 * @throws Failure STATE_FOLDER, STATE_WRITE; the conversion is then incomplete, and the next process continues it
 */
export async function convertEncryption(
  state: string,
  wanted: AtRest,
  files: TokenFiles,
  report: (line: string) => void,
): Promise<void> {
  // First, so that every later writer follows the new mode.
  await writeAtRest(state, wanted, false);
  let removed = 0;
  let failure: Failure | undefined;
  for (const [folder, parse] of Object.entries(folders)) {
    for (const name of await readdir(`${state}/${folder}`).catch(() => [])) {
      if (name.endsWith(".failed.json")) continue;
      try {
        if (!(await convert(`${state}/${folder}/${name}`, parse, wanted, files))) removed++;
      } catch (error) {
        if (!(error instanceof Failure) || !isKeychainCode(error.code)) throw error;
        failure = error;
        removed++;
      }
    }
  }
  // Temporary files of killed and of active writers. An active writer then writes its file once more, and checks the
  // mark.
  if (wanted === "keychain") {
    for (const name of await readdir(`${state}/tmp`).catch(() => []))
      await removeState(`${state}/tmp/${name}`);
  }
  await writeAtRest(state, wanted, true);
  if (removed > 0) {
    const reason = failure ? `: ${failure.oneLine}` : "";
    report(
      `store is now ${wanted}: ${removed} token files that could not be converted were removed${reason}`,
    );
  }
}

/** @returns false if it had to be removed. @throws Failure KEYCHAIN_…, STATE_WRITE; then no plain text is left */
async function convert(
  path: string,
  parse: (text: string) => AnyEntry | undefined,
  wanted: AtRest,
  files: TokenFiles,
): Promise<boolean> {
  const file = await inspectFile(path);
  if (file.kind === "absent") return true;
  const entry = file.kind === "text" ? parse(file.text) : undefined;
  // This version can't use the file, and does not know whether it contains a token.
  if (!entry) return wanted === "file" || !(await removeState(path));
  if ("loggedOutAt" in entry || "sealed" in entry === (wanted === "keychain")) return true;
  const opened = "sealed" in entry ? await files.open<Secret>(path, entry) : entry;
  if (!opened) return !(await removeState(path));
  const before = await stat(path).catch(() => undefined);
  // Another process has written or removed it meanwhile, and followed the mark.
  if (!before || !isSame(await inspectFile(path), file)) return true;
  try {
    await files.write(path, opened);
  } catch (error) {
    if (wanted === "keychain") await files.keepInMemory(path, opened);
    throw error;
  }
  // The modification time of a registry's file is the time of its last cold get.
  await utimes(path, before.atime, before.mtime).catch(() => undefined);
  return true;
}

type Secret = RegistryEntry | AuthorizationEntry | LoginEntry;
type AnyEntry = Secret | Sealed<Secret> | LogoutEntry;

function isSame(one: Inspected, other: Inspected): boolean {
  return one.kind === "text" && other.kind === "text" && one.text === other.text;
}
