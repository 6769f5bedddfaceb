import { rmdir } from "node:fs/promises";
import { FileRefusal } from "../../ownership/file-refusal.ts";
import { Failure } from "../../token/failure.ts";
import { printable } from "../../token/printable.ts";
import {
  assertWritable,
  type FileRules,
  type ReadFile,
  readForEdit,
  removeFile,
  replaceFile,
  textOf,
} from "./careful-file.ts";
import { readPlainFile } from "./plain-file.ts";

const rules: FileRules = {
  makesFolders: true,
  otherUserFix: "run this as that user (sudo -u, su)",
  readOnlyFix: "add what --dry-run shows to the program that generates the file",
  notFolderFix: "check DOCKER_CONFIG, if it is set: it must name a folder",
};

/** A config file of another program, read for an edit. */
export interface ClientFile {
  readonly found: ReadFile;
  /** Absent if there is no such file. */
  readonly text?: string;
}

/**
 * Reads a file of another program, without any condition on its location and content.
 *
 * @returns undefined if there is none
 * @throws Failure CLIENT_FILE
 */
export async function readClientFile(path: string): Promise<Buffer | undefined> {
  return await withFailures(path, () => readPlainFile(path));
}

/**
 * Reads a file of another program for an edit: a plain file of this user with UTF-8 text, which no other user can replace.
 *
 * @throws Failure CLIENT_FILE, CLIENT_UNSAFE
 */
export async function openClientFile(path: string): Promise<ClientFile> {
  return await withFailures(path, async () => {
    const found = await readForEdit(path, rules);
    const text = textOf(found);
    return text === undefined ? { found } : { found, text };
  });
}

/**
 * Replaces a file of another program atomically. Its mode, its owner and links to it stay. A new file gets mode 0600, since
 * such files contain logins.
 *
 * @param file as it was read; if another program has written it since, it is not written
 * @param isPrivate whether it gets mode 0600, because the text contains logins
 * @throws Failure CLIENT_FILE, CLIENT_UNSAFE, CLIENT_FILE_CHANGED; the file is then unchanged
 */
export async function replaceClientFile(
  { found }: ClientFile,
  text: string,
  isPrivate = false,
): Promise<void> {
  await withFailures(found.path, () => replaceFile(found, text, rules, isPrivate ? 0o600 : undefined));
}

/** Checks a file before the first step of a change. @throws Failure CLIENT_FILE if the owner of the file can only read it */
export async function checkClientFile({ found }: ClientFile): Promise<void> {
  await withFailures(found.path, async () => assertWritable(found, rules));
}

/**
 * Removes a file that this program has created for another program.
 *
 * @param folders the folders that were created for it, innermost first; removed if they are empty
 * @throws Failure CLIENT_FILE, CLIENT_UNSAFE, CLIENT_FILE_CHANGED
 */
export async function removeClientFile({ found }: ClientFile, folders: readonly string[]): Promise<void> {
  await withFailures(found.path, () => removeFile(found, rules));
  for (const folder of folders) await rmdir(folder).catch(() => undefined);
}

async function withFailures<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
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
