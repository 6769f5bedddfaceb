import { readFile, stat, unlink } from "node:fs/promises";
import { Failure } from "../token/failure.ts";
import { writeWhole } from "./config-file.ts";

/** Where the copy of a file lies that was made before this program first wrote it. */
export function backupPath(path: string): string {
  return `${path}.before-ecr`;
}

/** @returns undefined where there is none */
export async function readBackup(path: string): Promise<string | undefined> {
  return await readFile(backupPath(path), "utf8").catch((error: { code?: string }) => {
    if (error.code === "ENOENT") return undefined;
    throw trouble(path, "read", error);
  });
}

/**
 * Writes the copy: 0600, and of the original's owner, since a user must be able to read what `sudo` made.
 *
 * @throws Failure CLIENT_FILE
 */
export async function writeBackup(path: string, text: string): Promise<void> {
  try {
    const original = await stat(path);
    await writeWhole(backupPath(path), text, async (file) => {
      if (process.geteuid?.() === 0) await file.chown(original.uid, original.gid);
    });
  } catch (error) {
    throw trouble(path, "written", error as { code?: string });
  }
}

/** That there is none is as good. @throws Failure CLIENT_FILE */
export async function removeBackup(path: string): Promise<void> {
  await unlink(backupPath(path)).catch((error: { code?: string }) => {
    if (error.code !== "ENOENT") throw trouble(path, "removed", error);
  });
}

function trouble(path: string, verb: string, cause: { code?: string }): Failure {
  const what = `${backupPath(path)} can't be ${verb} (${cause.code ?? "unknown error"})`;
  return new Failure("CLIENT_FILE", what, "see who owns its folder and whether its disk is writable", {
    cause,
  });
}
