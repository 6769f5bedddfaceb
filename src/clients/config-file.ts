import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, chown, mkdir, open, readFile, realpath, rename, rmdir, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure } from "../token/failure.ts";

/** The text of a file that belongs to another program; undefined where there is none. @throws Failure CLIENT_FILE */
export async function readClientFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw trouble(path, "read", error);
  }
}

/**
 * Replaces a file of another program at once: its mode and owner stay, a link goes on pointing to it.
 * A new one is 0600, since such files hold logins.
 *
 * @throws Failure CLIENT_FILE; the old file is then as it was
 */
export async function replaceClientFile(path: string, text: string): Promise<void> {
  let temporary: string | undefined;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const target = await realpath(path).catch(() => path);
    const old = await stat(target).catch(() => undefined);
    if (old && (old.mode & 0o200) === 0) throw Object.assign(new Error("read-only"), { code: "EROFS" });
    const fresh = `${target}.${randomBytes(6).toString("hex")}.tmp`;
    const file = await open(fresh, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    temporary = fresh;
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    if (old) {
      await chown(fresh, old.uid, old.gid);
      await chmod(fresh, old.mode & 0o777);
    }
    await rename(fresh, target);
  } catch (error) {
    if (temporary) await unlink(temporary).catch(() => undefined);
    throw trouble(path, "written", error);
  }
}

/** Removes a file that this program had made for another one, and its folder if that is empty then. @throws Failure CLIENT_FILE */
export async function removeClientFile(path: string): Promise<void> {
  try {
    await unlink(path);
    await rmdir(dirname(path)).catch(() => undefined);
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") throw trouble(path, "removed", error);
  }
}

function trouble(path: string, verb: string, error: unknown): Failure {
  const code = (error as { code?: string }).code ?? "unknown error";
  return new Failure(
    "CLIENT_FILE",
    `${path} can't be ${verb} (${code})`,
    "see who owns it and whether its disk is writable",
    {
      cause: error,
    },
  );
}
