import { stampOf } from "../../token/dependencies.ts";

/** The content and metadata of a file that a warm get needs. */
export interface FastFile {
  readonly text: string;
  readonly uid: number;
  /** Permission bits only. Only plain files are read, so there are no type bits. */
  readonly mode: number;
}

/** The part of stdin that has been read. */
export interface Input {
  readonly bytes: Uint8Array;
  /** False: `Bun.stdin` must read the rest, since the descriptor is non-blocking and has no data yet. */
  readonly isWhole: boolean;
  /** Whether the time limit ended before stdin did. */
  readonly isLate?: boolean;
}

/**
 * The file operations of a warm get. All are synchronous: an asynchronous call starts a thread, which costs more than
 * the call.
 */
export interface FastFiles {
  /**
   * From now on the kernel ends this process after a time, also in a read from a disk that hangs. A shorter limit that the
   * process has stays. Undefined if libc can't be called.
   */
  endWithin?(milliseconds: number): void;
  /** Reads at most 1 MiB of stdin. Waits for a blocking stdin until a time of `performance.now`. */
  readInput(until: number): Input;
  /** Writes to stdout. @returns the number of bytes written; if it is too small, `printBytes` finds the reason */
  writeOutput(bytes: Uint8Array): number;
  /** Reads a plain file of at most 1 MiB without following links; undefined if there is none or it can't be read. */
  read(path: string): FastFile | undefined;
  /** See `stampOf`; follows links. */
  stamp(path: string): string;
  /** The owner's user ID; follows links; undefined if there is no file or the system has no owners. */
  owner(path: string): number | undefined;
}

export function isThere(files: Pick<FastFiles, "stamp">, path: string): boolean {
  return files.stamp(path) !== stampOf("absent");
}

/** Whether this user can't enter a folder, so that the files in it look absent. */
export function isClosed(files: Pick<FastFiles, "stamp">, folder: string): boolean {
  return isThere(files, folder) && !isThere(files, `${folder}/.`);
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/**
 * Whether the program was started with its stdout closed. Bun then opens /dev/null instead, with the flag
 * close-on-exec, which an inherited descriptor never has.
 *
 * @param info the text of /proc/self/fdinfo/1
 */
export function isClosedOutput(info: string): boolean {
  const flags = Number.parseInt(info.slice(info.indexOf("flags:") + "flags:".length), 8);
  return (flags & 0o2000000) !== 0;
}

export const outputInfo = "/proc/self/fdinfo/1";

/** Bytes; far more than any file that this program writes. */
export const largestFile = 1024 * 1024;

/** Whether a file or folder belongs to this user and no other user can read or write it. */
export function isOwnedAndPrivate({ uid, mode }: Pick<FastFile, "uid" | "mode">): boolean {
  const user = process.geteuid?.();
  return user === undefined || (uid === user && (mode & 0o077) === 0);
}
