import { lstat } from "node:fs/promises";
import { type FileRules, readForEdit, removeFile, replaceFile } from "../clients/files/careful-file.ts";
import { readPlainFile } from "../clients/files/plain-file.ts";
import { FileRefusal } from "../ownership/file-refusal.ts";
import { Failure } from "../token/failure.ts";
import { signature } from "./service.ts";

const rules: FileRules = {
  makesFolders: true,
  folderMode: 0o755,
  otherUserFix: "run this as that user (sudo -u, su)",
};

/**
 * The text of the file that describes the service; undefined if there is none.
 *
 * @throws Failure UNIT_FOREIGN if another program has written it, UNIT_FILE
 */
export async function readUnit(path: string): Promise<string | undefined> {
  // A link: the unit is masked, or stored elsewhere.
  const found = await lstat(path).catch(() => undefined);
  if (!found) return undefined;
  const bytes = found.isFile() ? await withUnitFailure(path, () => readPlainFile(path, true)) : undefined;
  const text = bytes?.toString("utf8") ?? "";
  if (text.includes(signature)) return text;
  const what = `${path} was not created by this program`;
  throw new Failure("UNIT_FOREIGN", what, "rename or remove it, or keep using it and skip 'service install'");
}

/**
 * The names of the settings of a unit that another text does not have, or has with other values. A user may have edited
 * the file; the values may be secret.
 */
export function lostSettings(before: string, text: string): readonly string[] {
  const present = new Set(text.split("\n"));
  const lost = before.split("\n").filter((line) => !present.has(line));
  return [...new Set(lost.flatMap((line) => /^\s*([A-Za-z]\w*)\s*=/.exec(line)?.[1] ?? []))];
}

/** Writes it completely or not at all, readable by all users: nothing in it is secret. @throws Failure UNIT_FILE */
export async function writeUnit(path: string, text: string): Promise<void> {
  await withUnitFailure(path, async () => replaceFile(await readForEdit(path, rules), text, rules, 0o644));
}

/** @throws Failure UNIT_FILE */
export async function removeUnit(path: string): Promise<void> {
  await withUnitFailure(path, async () => removeFile(await readForEdit(path, rules), rules));
}

async function withUnitFailure<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error;
    throw new Failure("UNIT_FILE", `${path} ${error.why}`, error.fix, { cause: error });
  }
}
