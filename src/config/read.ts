import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";
import { readWhole } from "../limits/bounded-file.ts";
import { defaultLimit } from "../limits/bounded-stream.ts";
import { FileRefusal } from "../ownership/file-refusal.ts";
import { trustedTarget } from "../ownership/trusted-path.ts";
import { Failure } from "../token/failure.ts";
import { printable } from "../token/printable.ts";
import { absenceOf, unreadableConfig } from "./absence.ts";
import { type Config, emptyConfig } from "./config.ts";
import type { ConfigPlace } from "./folders.ts";

/**
 * Reads config.yaml; returns the default config if there is none. A user who can write the file can make this program use
 * any identity and run any helper. So the file, and every folder and link on its path, must belong to this user or root,
 * and no other user may be able to write them. `absenceOf` decides about a file that can't be opened.
 *
 * @returns the default config with `notRead` if the file is in another user's home folder that this user can't enter
 * @throws Failure CONFIG_UNREADABLE, CONFIG_WRITABLE, and what `parseConfig` throws
 */
export async function readConfig(place: ConfigPlace): Promise<Config> {
  const text = await readConfigText(place);
  if (text instanceof Failure) return { ...emptyConfig, notRead: text };
  if (text === undefined) return emptyConfig;
  // The parser is loaded only if there is a config.
  const { parseConfig } = await import("./parse.ts");
  return parseConfig(text, place.configFile);
}

/**
 * The text of config.yaml; undefined if there is none; a failure if it is in another user's home folder.
 *
 * @throws Failure as `readConfig`, except those of `parseConfig`
 */
export async function readConfigText(place: ConfigPlace): Promise<string | Failure | undefined> {
  const path = place.configFile;
  const file = await openFile(place);
  if (!file || file instanceof Failure) return file;
  try {
    await assertTrustedFile(file, path);
    await assertTrustedPath(path);
    const bytes = await readBytes(file, path);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new Failure("CONFIG_SYNTAX", `${printable(path)} is not UTF-8 text`, "save it as UTF-8");
    }
  } finally {
    await file.close();
  }
}

/** For editing. @returns undefined if there is no file @throws Failure as `readConfigText`, also in another user's home */
export async function readTextToEdit(configFile: string): Promise<string | undefined> {
  const text = await readConfigText({ configFile });
  if (text instanceof Failure) throw text;
  return text;
}

async function openFile(place: ConfigPlace): Promise<FileHandle | Failure | undefined> {
  try {
    // Opening a pipe must not block.
    return await open(place.configFile, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const absence = await absenceOf(place, error);
    if (absence.kind === "unreadable") throw absence.failure;
    return absence.kind === "foreign" ? absence.failure : undefined;
  }
}

async function assertTrustedFile(file: FileHandle, path: string): Promise<void> {
  const stats = await file.stat();
  if (!stats.isFile()) throw unreadableConfig(path, "is not a plain file");
  const user = process.geteuid?.();
  // Windows has neither owners nor modes of this kind.
  if (user === undefined) return;
  if (stats.uid !== user && stats.uid !== 0) {
    const what = `${printable(path)} belongs to user ${stats.uid}, neither to this one (${user}) nor to root`;
    throw new Failure("CONFIG_WRITABLE", what, `review it, then run: chown ${user} ${printable(path)}`);
  }
  if ((stats.mode & 0o022) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, "0");
    const what = `other users can write ${printable(path)} (mode ${mode}), which sets the identities that AWS is called with`;
    throw new Failure("CONFIG_WRITABLE", what, `review it, then run: chmod go-w ${printable(path)}`);
  }
}

/** The file may belong to this user, but not be the intended one: another user can link to it in their own folder. */
async function assertTrustedPath(path: string): Promise<void> {
  if (process.geteuid === undefined) return;
  try {
    await trustedTarget(resolve(path), { allowsSharedFolder: true, otherUserFix: "run this as that user" });
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error;
    if (error.kind !== "unsafe") throw unreadableConfig(path, error.why, error);
    const what = `${printable(path)} is not read, because it sets the identities that AWS is called with: it ${error.why}`;
    throw new Failure("CONFIG_WRITABLE", what, `review it, then ${error.fix}`, {
      cause: error,
    });
  }
}

async function readBytes(file: FileHandle, path: string): Promise<Buffer> {
  try {
    const { size } = await file.stat();
    const bytes = await readWhole(file, defaultLimit, size);
    if (!bytes) throw unreadableConfig(path, "is larger than 1 MiB");
    if (bytes.length > size) throw unreadableConfig(path, "is being written at this moment");
    return bytes;
  } catch (error) {
    throw error instanceof Failure
      ? error
      : unreadableConfig(path, `can't be read (${codeOf(error)})`, error);
  }
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? "unknown error";
}
