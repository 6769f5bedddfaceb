/** A file as a warm get needs it. */
export interface QuickFile {
  readonly text: string;
  readonly uid: number;
  /** Permission bits only; what is not a plain file has no QuickFile. */
  readonly mode: number;
}

/** What was read of stdin so far. */
export interface Input {
  readonly bytes: Uint8Array;
  /** Else the rest is to be had from `Bun.stdin`: a descriptor that does not block has nothing to give just now. */
  readonly isWhole: boolean;
}

/** The file calls of a warm get. All are synchronous: the thread that an asynchronous one starts costs more than the call. */
export interface QuickFiles {
  /** Stdin, waited for if it lets us. Of more than 1 MiB only the start. */
  readInput(): Input;
  /** Writes to stdout. @returns how many bytes it took: where it takes no more, `printBytes` says why */
  writeOutput(bytes: Uint8Array): number;
  /** A plain file of at most 1 MiB; links are not followed; undefined where there is none or it can't be read. */
  read(path: string): QuickFile | undefined;
  /** See `stampOf`; links are followed. */
  stamp(path: string): string;
  /** The number of the user whose it is; links are followed; undefined where there is none or the system has no owners. */
  owner(path: string): number | undefined;
}

/**
 * Whether a program was started with its stdout closed. Bun then opens /dev/null in its place, and marks it as one that
 * a program which it starts doesn't get; what a program has got itself can't have that mark.
 *
 * @param info the text of /proc/self/fdinfo/1
 */
export function isClosedOutput(info: string): boolean {
  const flags = Number.parseInt(info.slice(info.indexOf("flags:") + "flags:".length), 8);
  return (flags & 0o2000000) !== 0;
}

export const outputInfo = "/proc/self/fdinfo/1";

/** Bytes; far above what this program writes. */
export const largestFile = 1024 * 1024;

/** Whether a file or folder is this user's and nobody else's to read or write. */
export function isOwn({ uid, mode }: Pick<QuickFile, "uid" | "mode">): boolean {
  const user = process.geteuid?.();
  return user === undefined || (uid === user && (mode & 0o077) === 0);
}
