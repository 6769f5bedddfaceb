import { rmdir } from "node:fs/promises";
import { FileRefusal } from "../../ownership/file-refusal.ts";
import { Failure } from "../../token/failure.ts";
import { printable } from "../../token/printable.ts";
import {
  type FileRules,
  type FoundFile,
  findFile,
  mustBeWritable,
  removeFile,
  replaceFile,
  textOf,
} from "./careful-file.ts";
import { readPlainFile } from "./plain-file.ts";

const rules: FileRules = {
  makesFolders: true,
  otherUserFix: "run this as that user (sudo -u, su)",
  readOnlyFix: "give what --dry-run shows to the program that makes the file",
  notFolderFix: "see DOCKER_CONFIG, if that is set: it must name a folder",
};

/** A config file of another program that is to be edited, as it was found. */
export interface ClientFile {
  readonly found: FoundFile;
  /** Absent: there is no such file. */
  readonly text?: string;
}

/**
 * The text of a file of another program, only to look at it: wherever it is, and whatever its bytes are.
 *
 * @returns undefined: there is none
 * @throws Failure CLIENT_FILE
 */
export async function readClientFile(path: string): Promise<Buffer | undefined> {
  return await failing(path, () => readPlainFile(path));
}

/**
 * The same of one that is to be edited: a plain file of UTF-8 text that is this user's, and that no other user can
 * exchange.
 *
 * @throws Failure CLIENT_FILE, CLIENT_UNSAFE
 */
export async function openClientFile(path: string): Promise<ClientFile> {
  return await failing(path, async () => {
    const found = await findFile(path, rules);
    const text = textOf(found);
    return text === undefined ? { found } : { found, text };
  });
}

/**
 * Replaces a file of another program at once: its mode and owner stay, a link goes on pointing to it. A new one is
 * 0600, since such files hold logins.
 *
 * @param file what the text was made of; where another program has written the file since, it is not written
 * @param isPrivate whether it becomes 0600, since logins come into it
 * @throws Failure CLIENT_FILE, CLIENT_UNSAFE, CLIENT_FILE_CHANGED; the old file is then as it was
 */
export async function replaceClientFile(
  { found }: ClientFile,
  text: string,
  isPrivate = false,
): Promise<void> {
  await failing(found.path, () => replaceFile(found, text, rules, isPrivate ? 0o600 : undefined));
}

/** So that nothing is begun that could not be ended. @throws Failure CLIENT_FILE where a file's owner may only read it */
export async function checkClientFile({ found }: ClientFile): Promise<void> {
  await failing(found.path, async () => mustBeWritable(found, rules));
}

/**
 * Removes a file that this program had made for another one.
 *
 * @param folders those that were made for it, innermost first; they go where they are empty
 * @throws Failure CLIENT_FILE, CLIENT_UNSAFE, CLIENT_FILE_CHANGED
 */
export async function removeClientFile({ found }: ClientFile, folders: readonly string[]): Promise<void> {
  await failing(found.path, () => removeFile(found, rules));
  for (const folder of folders) await rmdir(folder).catch(() => undefined);
}

async function failing<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error;
    const { kind, why, fix } = error;
    const what = `${printable(path)} ${why}`;
    switch (kind) {
      case "changed":
        throw new Failure("CLIENT_FILE_CHANGED", what, fix, { cause: error });
      case "unsafe":
        throw new Failure("CLIENT_UNSAFE", what, fix, { cause: error });
      default:
        throw new Failure("CLIENT_FILE", what, fix, { cause: error });
    }
  }
}
