import { type ClientFile, openClientFile, removeClientFile, replaceClientFile } from "./client-file.ts";

/** The path of the copy of a file that was made before this program's first edit. */
export function backupPath(path: string): string {
  return `${path}.before-ecr`;
}

/** Opens the copy; without `text` if there is none. @throws Failure CLIENT_FILE, CLIENT_UNSAFE */
export function openBackup(path: string): Promise<ClientFile> {
  return openClientFile(backupPath(path));
}

/** Writes the copy with mode 0600. @throws Failure CLIENT_FILE, CLIENT_UNSAFE, CLIENT_FILE_CHANGED */
export async function writeBackup(backup: ClientFile, text: string): Promise<void> {
  await replaceClientFile(backup, text, true);
}

/** @throws Failure CLIENT_FILE, CLIENT_UNSAFE, CLIENT_FILE_CHANGED */
export async function removeBackup(backup: ClientFile): Promise<void> {
  if (backup.text !== undefined) await removeClientFile(backup, []);
}
