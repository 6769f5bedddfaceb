import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { resolve } from "node:path";
import { type BarredFolder, barredFolder } from "../ownership/barred-folder.ts";
import { FileRefusal } from "../ownership/file-refusal.ts";
import { trustedTarget } from "../ownership/trusted-path.ts";
import { Failure } from "../token/failure.ts";
import { printable } from "../token/printable.ts";
import { type Config, emptyConfig } from "./config.ts";

const largest = 1024 * 1024;

type Report = (failure: Failure) => void;

/**
 * Reads config.yaml; where there is none, the empty config. A user who could write the file could make this
 * program ask under any identity and run any helper, so it must be this user's or root's, and theirs alone to write,
 * as must every folder and link on the way to it.
 * A folder that this user can't enter, as in another user's HOME, holds no config of this user's.
 *
 * @param report gets CONFIG_UNREADABLE where such a folder is in the way
 * @throws Failure CONFIG_UNREADABLE, CONFIG_WRITABLE, and what `parseConfig` throws
 */
export async function readConfig(path: string, report: Report = () => {}): Promise<Config> {
  const text = await readConfigText(path, report);
  if (text === undefined) return emptyConfig;
  // Only who has a config pays for loading what reads it.
  const { parseConfig } = await import("./parse.ts");
  return parseConfig(text, path);
}

/** Its text; undefined: there is none. @throws Failure as `readConfig`, before it is parsed */
export async function readConfigText(path: string, report: Report = () => {}): Promise<string | undefined> {
  const file = await openFile(path, report);
  if (!file) return undefined;
  try {
    await mustBeOurs(file, path);
    await mustStayInPlace(path);
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
    // A pipe in its place must not make anybody wait.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") {
      // A link to nothing is a config that is missing, for instance from a disk that is not there yet. To go on
      // without it would be to ask under another identity.
      if (await isLink(path)) throw unreadable(path, "is a link to a file that is not there", error);
      await mustHaveNoTwin(path);
      return undefined;
    }
    const barred = await barredFolder(path);
    if (!barred) throw unreadable(path, `can't be read (${code})`, error);
    report(outOfReach(path, barred, error));
    return undefined;
  }
}

/** A config under the other usual name was meant to say who asks: to go on without it is to ask as another. */
async function mustHaveNoTwin(path: string): Promise<void> {
  const twin = path.replace(/\.yaml$/, ".yml");
  const isThere = await lstat(twin).then(
    (found) => found.isFile() || found.isSymbolicLink(),
    () => false,
  );
  if (twin === path || !isThere) return;
  const what = `${printable(twin)} is not read: the file's name has to be config.yaml`;
  throw new Failure("CONFIG_UNREADABLE", what, `run: mv ${printable(twin)} ${printable(path)}`);
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch {
    return false;
  }
}

async function mustBeOurs(file: FileHandle, path: string): Promise<void> {
  const found = await file.stat();
  if (!found.isFile()) throw unreadable(path, "is not a plain file");
  const user = process.geteuid?.();
  // Windows has neither owners nor modes of this kind.
  if (user === undefined) return;
  if (found.uid !== user && found.uid !== 0) {
    const what = `${printable(path)} belongs to user ${found.uid}, neither to this one (${user}) nor to root`;
    throw new Failure("CONFIG_WRITABLE", what, `look through it, then run: chown ${user} ${printable(path)}`);
  }
  if ((found.mode & 0o022) !== 0) {
    const mode = (found.mode & 0o777).toString(8).padStart(4, "0");
    const what = `others may write ${printable(path)} (mode ${mode}), and with it say who asks AWS for tokens`;
    throw new Failure("CONFIG_WRITABLE", what, `look through it, then run: chmod go-w ${printable(path)}`);
  }
}

/** The file may be this user's and yet not the one that was meant: another user can link to it in a folder of theirs. */
async function mustStayInPlace(path: string): Promise<void> {
  if (process.geteuid === undefined) return;
  try {
    await trustedTarget(resolve(path), { allowsSharedFolder: true, otherUserFix: "run this as that user" });
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error;
    if (error.kind !== "unsafe") throw unreadable(path, error.why, error);
    const what = `${printable(path)} is not read, since it says who asks AWS for tokens: it ${error.why}`;
    throw new Failure("CONFIG_WRITABLE", what, `look through it, then ${error.fix}`, {
      cause: error,
    });
  }
}

async function readBytes(file: FileHandle, path: string): Promise<Buffer> {
  // One byte more than may be, so that a file that grows meanwhile is noticed too.
  const buffer = Buffer.alloc(Math.min((await file.stat()).size, largest) + 1);
  try {
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
    if (length > largest) throw unreadable(path, "is larger than 1 MiB, which no config is");
    if (length === buffer.length) throw unreadable(path, "is being written just now");
    return buffer.subarray(0, length);
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(path, `can't be read (${codeOf(error)})`, error);
  }
}

function unreadable(path: string, why: string, cause?: unknown): Failure {
  const fix = `see 'ls -lL ${printable(path)}'; it must be a readable YAML file, or not be there`;
  return new Failure(
    "CONFIG_UNREADABLE",
    `${printable(path)} ${why}`,
    fix,
    cause === undefined ? {} : { cause },
  );
}

function outOfReach(path: string, { folder, code }: BarredFolder, cause: unknown): Failure {
  const what = `${printable(path)} is not read: this user can't enter ${printable(folder)} (${code})`;
  const fix = `see 'ls -ld ${printable(folder)}'; let this user enter it, or set HOME or XDG_CONFIG_HOME to a folder of this user's`;
  return new Failure("CONFIG_UNREADABLE", what, fix, { cause });
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? "unknown error";
}
