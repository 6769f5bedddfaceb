/** A file as a warm get needs it. */
export interface QuickFile {
  readonly text: string;
  readonly uid: number;
  /** Permission bits only; what is not a plain file has no QuickFile. */
  readonly mode: number;
}

/** The file calls of a warm get. All are synchronous: the thread that an asynchronous one starts costs more than the call. */
export interface QuickFiles {
  /** All of stdin, as far as it can be had without waiting; undefined: ask `Bun.stdin`. */
  readInput(): string | undefined;
  /** A plain file of at most 1 MiB; links are not followed; undefined where there is none or it can't be read. */
  read(path: string): QuickFile | undefined;
  /** See `stampOf`; links are followed. */
  stamp(path: string): string;
}

/** Bytes; far above what this program writes. */
export const largestFile = 1024 * 1024;
