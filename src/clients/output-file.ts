import { constants, type Stats } from "node:fs";
import { chmod, type FileHandle, open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { printable } from "../config/problem.ts";
import { Failure } from "../token/failure.ts";
import { removeAbandoned } from "./abandoned.ts";
import { writeWhole } from "./config-file.ts";
import { isDiskFull } from "./disk-full.ts";
import { trustedTarget } from "./trusted-path.ts";

/** How often a file that others write at the same time is edited anew. */
const mostTries = 5;

interface Found {
  readonly target: string;
  /** Undefined: there is no such file. */
  readonly text?: string;
  readonly mode?: number;
}

/** The file changed between reading and writing. */
class Overtaken extends Error {}

/**
 * Edits a file that holds tokens for a program which can't run a helper. It becomes 0600; where the edit changes
 * nothing it is not touched. Links are followed; no folder is made.
 *
 * @param edit the whole text to another, or to undefined: no file. Asked again where another program has written the
 *   file meanwhile
 * @param now milliseconds since the epoch
 * @throws Failure OUTPUT_FOLDER, OUTPUT_UNSAFE, OUTPUT_FILE, and what `edit` throws; the file is then as it was
 */
export async function editOutput(
  path: string,
  edit: (text: string | undefined) => Promise<string | undefined>,
  now: number,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const found = await find(path);
    const text = await edit(found.text);
    try {
      return await put(path, found, text, now);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw failure(path, "can't be written", error);
      if (tries === mostTries) throw failure(path, "is written by another program again and again", error);
    }
  }
}

async function find(path: string): Promise<Found> {
  const target = await trustedTarget(path);
  let file: FileHandle;
  try {
    // A pipe in its place must not make anybody wait.
    file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return { target };
    throw failure(path, "can't be read", error);
  }
  try {
    const { mode } = mustBeOurs(path, await file.stat());
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await file.readFile());
    return { target, text, mode };
  } catch (error) {
    if (error instanceof TypeError) throw failure(path, "is not UTF-8 text", error);
    throw failure(path, "can't be read", error);
  } finally {
    await file.close();
  }
}

function mustBeOurs(path: string, found: Stats): Stats {
  const user = process.geteuid?.();
  if (found.isDirectory()) {
    const mend = "name a file, in that folder say";
    throw new Failure("OUTPUT_FILE", `output ${printable(path)} is a folder`, mend);
  }
  if (!found.isFile())
    throw new Failure("OUTPUT_FILE", `output ${printable(path)} is no plain file`, "remove it");
  if (user === undefined || found.uid === user) return found;
  const what = `output ${printable(path)} belongs to user ${found.uid}, not to this one (${user})`;
  throw new Failure("OUTPUT_UNSAFE", what, "run the daemon as that user, or name another file");
}

async function put(path: string, found: Found, text: string | undefined, now: number): Promise<void> {
  const { target, mode = 0o600 } = found;
  if (text === found.text) {
    if (text !== undefined && (mode & 0o077) !== 0) await chmod(target, 0o600);
    return;
  }
  const mustBeTheSame = async () => {
    // Docker writes without a lock, at every login.
    if ((await find(path)).text !== found.text) throw new Overtaken();
  };
  if (text === undefined) {
    await mustBeTheSame();
    return await unlink(target);
  }
  if ((mode & 0o200) === 0) {
    const what = `output ${printable(path)} can't be written: its owner may only read it`;
    throw new Failure("OUTPUT_FILE", what, `run: chmod 600 ${printable(path)}`);
  }
  await removeAbandoned(target, now);
  await writeWhole(target, text, mustBeTheSame);
}

function failure(path: string, why: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { code } = error as { code?: string };
  const what = `output ${printable(path)} ${why}${code === undefined ? "" : ` (${code})`}`;
  return new Failure("OUTPUT_FILE", what, mendOf(path, code), { cause: error });
}

function mendOf(path: string, code: string | undefined): string {
  const folder = printable(dirname(path));
  if (isDiskFull(code)) return "free space on its disk";
  if (code === "EROFS" || code === "EACCES" || code === "EPERM") {
    return `make ${folder} writable for this user; a systemd unit must also name it in ReadWritePaths=`;
  }
  return `see 'ls -lL ${printable(path)}' and who else uses it`;
}
