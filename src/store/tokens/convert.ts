import { stat, utimes } from "node:fs/promises";
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
import { type AtRest, readAtRest, writeAtRest } from "../encryption/mode.ts";
import { type Inspected, inspectFile } from "../files/inspect.ts";
import { namesInOwn, temporaryFiles } from "../files/own-folders.ts";
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
 * converted. If a file is removed because there is no key, `files` keeps the token in memory for this process. An
 * encrypted login is never removed: the keychain may be locked only at this moment, and AWS does not replace a login.
 *
 * @param report gets a line with the number of removed files, and of logins that stay encrypted
 * @returns false if a login stays encrypted: the key is still needed, and the next process tries again
 * @throws Failure STATE_FOLDER, STATE_WRITE; the conversion is then incomplete, and the next process continues it
 */
export async function convertEncryption(
  state: string,
  wanted: AtRest,
  files: TokenFiles,
  report: (line: string) => void,
): Promise<boolean> {
  const isChange = (await readAtRest(state)).store !== wanted;
  // First, so that every later writer follows the new mode.
  await writeAtRest(state, wanted, false);
  let removed = 0;
  let encrypted = 0;
  let failure: Failure | undefined;
  for (const [folder, parse] of Object.entries(folders)) {
    for (const name of await namesInOwn(state, folder)) {
      if (name.endsWith(".failed.json")) continue;
      try {
        const result = await convert(`${state}/${folder}/${name}`, parse, wanted, files, isChange);
        if (result === "removed") removed++;
        if (result === "encrypted") encrypted++;
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
    for (const path of await temporaryFiles(state)) await removeState(path);
  }
  if (encrypted === 0) await writeAtRest(state, wanted, true);
  else if (isChange)
    report(`store is now ${wanted}: ${encrypted} logins stay encrypted until the keychain can be used`);
  if (removed > 0) {
    const reason = failure ? `: ${failure.oneLine}` : "";
    report(
      `store is now ${wanted}: ${removed} token files that could not be converted were removed${reason}`,
    );
  }
  return encrypted === 0;
}

type Result = "converted" | "removed" | "encrypted";

/**
 * @param isReported whether the reason is reported if an encrypted file can't be read; else each process would repeat it
 * @throws Failure KEYCHAIN_…, STATE_WRITE; then no plain text is left
 */
async function convert(
  path: string,
  parse: (text: string) => AnyEntry | undefined,
  wanted: AtRest,
  files: TokenFiles,
  isReported: boolean,
): Promise<Result> {
  const file = await inspectFile(path);
  if (file.kind === "absent") return "converted";
  const entry = file.kind === "text" ? parse(file.text) : undefined;
  // This version can't use the file, and does not know whether it contains a token.
  if (!entry) return wanted === "file" ? "converted" : remove(path);
  if ("loggedOutAt" in entry || "sealed" in entry === (wanted === "keychain")) return "converted";
  const opened = "sealed" in entry ? await files.open<Secret>(path, entry, isReported) : entry;
  if (!opened) return isLogin(entry) ? "encrypted" : remove(path);
  const before = await stat(path).catch(() => undefined);
  // Another process has written or removed it meanwhile, and followed the mark.
  if (!before || !isSame(await inspectFile(path), file)) return "converted";
  try {
    await files.write(path, opened);
  } catch (error) {
    if (wanted === "keychain") await files.keepInMemory(path, opened);
    throw error;
  }
  // The modification time of a registry's file is the time of its last cold get.
  await utimes(path, before.atime, before.mtime).catch(() => undefined);
  return "converted";
}

async function remove(path: string): Promise<Result> {
  return (await removeState(path)) ? "removed" : "converted";
}

function isLogin(entry: AnyEntry): boolean {
  return !("authorization" in entry || "region" in entry);
}

type Secret = RegistryEntry | AuthorizationEntry | LoginEntry;
type AnyEntry = Secret | Sealed<Secret> | LogoutEntry;

function isSame(one: Inspected, other: Inspected): boolean {
  return one.kind === "text" && other.kind === "text" && one.text === other.text;
}
