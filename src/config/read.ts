import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { resolve } from "node:path";
import { readWhole } from "../limits/bounded-file.ts";
import { defaultLimit } from "../limits/bounded-stream.ts";
import { type BarredFolder, barredFolder } from "../ownership/barred-folder.ts";
import { FileRefusal } from "../ownership/file-refusal.ts";
import { trustedTarget } from "../ownership/trusted-path.ts";
import { Failure } from "../token/failure.ts";
import { printable } from "../token/printable.ts";
import { type Config, emptyConfig } from "./config.ts";

type Report = (failure: Failure) => void;

/**
 * Reads config.yaml; returns the default config if there is none. A user who can write the file can make this program use
 * any identity and run any helper. So the file, and every folder and link on its path, must belong to this user or root,
 * and no other user may be able to write them. In a folder that this user can't enter, as in another user's HOME, there
 * is no config of this user.
 *
 * @param report gets CONFIG_UNREADABLE for such a folder
 * @throws Failure CONFIG_UNREADABLE, CONFIG_WRITABLE, and what `parseConfig` throws
 */
export async function readConfig(path: string, report: Report = () => {}): Promise<Config> {
  const text = await readConfigText(path, report);
  if (text === undefined) return emptyConfig;
  // The parser is loaded only if there is a config.
  const { parseConfig } = await import("./parse.ts");
  return parseConfig(text, path);
}

/** The text of config.yaml; undefined if there is none. @throws Failure as `readConfig`, except those of `parseConfig` */
export async function readConfigText(path: string, report: Report = () => {}): Promise<string | undefined> {
  const file = await openFile(path, report);
  if (!file) return undefined;
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

async function openFile(path: string, report: Report): Promise<FileHandle | undefined> {
  try {
    // Opening a pipe must not block.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") {
      // A dangling link means that the config is missing, for example because its disk is not mounted yet. Continuing
      // without it would use another identity.
      if (await isLink(path)) throw unreadable(path, "is a link to a file that does not exist", error);
      await assertNoYmlFile(path);
      if (path.includes("\ufffd")) throw notUtf8(path, error);
      return undefined;
    }
    const barred = await barredFolder(path);
    if (!barred) throw unreadable(path, `can't be read (${code})`, error);
    report(outOfReach(path, barred, error));
    return undefined;
  }
}

/** Bun decodes variables as UTF-8 and can't open other names: the file may exist and choose another identity. */
function notUtf8(path: string, cause: unknown): Failure {
  const what = `${printable(path)} can't be opened: the name of its folder is not UTF-8 in the environment (HOME or XDG_CONFIG_HOME)`;
  return new Failure("CONFIG_UNREADABLE", what, "set XDG_CONFIG_HOME to a folder whose name is UTF-8", {
    cause,
  });
}

/** A file with the other usual suffix was meant as the config: continuing without it would use another identity. */
async function assertNoYmlFile(path: string): Promise<void> {
  const ymlPath = path.replace(/\.yaml$/, ".yml");
  const exists = await lstat(ymlPath).then(
    (stats) => stats.isFile() || stats.isSymbolicLink(),
    () => false,
  );
  if (ymlPath === path || !exists) return;
  const what = `${printable(ymlPath)} is not read: the name of the file must be config.yaml`;
  throw new Failure("CONFIG_UNREADABLE", what, `run: mv ${printable(ymlPath)} ${printable(path)}`);
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch {
    return false;
  }
}

async function assertTrustedFile(file: FileHandle, path: string): Promise<void> {
  const stats = await file.stat();
  if (!stats.isFile()) throw unreadable(path, "is not a plain file");
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
    if (error.kind !== "unsafe") throw unreadable(path, error.why, error);
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
    if (!bytes) throw unreadable(path, "is larger than 1 MiB");
    if (bytes.length > size) throw unreadable(path, "is being written at this moment");
    return bytes;
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(path, `can't be read (${codeOf(error)})`, error);
  }
}

function unreadable(path: string, why: string, cause?: unknown): Failure {
  const fix = `check 'ls -lL ${printable(path)}'; it must be a readable YAML file, or not exist`;
  return new Failure(
    "CONFIG_UNREADABLE",
    `${printable(path)} ${why}`,
    fix,
    cause === undefined ? {} : { cause },
  );
}

function outOfReach(path: string, { folder, code }: BarredFolder, cause: unknown): Failure {
  const what = `${printable(path)} is not read: this user can't enter ${printable(folder)} (${code})`;
  const fix = `check 'ls -ld ${printable(folder)}'; give this user access to it, or set HOME or XDG_CONFIG_HOME to a folder of this user`;
  return new Failure("CONFIG_UNREADABLE", what, fix, { cause });
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? "unknown error";
}
