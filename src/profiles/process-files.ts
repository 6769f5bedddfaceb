import { type Stats, statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import type { Environment, FileDependency } from "../token/dependencies.ts";

/** Further files are not compared. */
const most = { files: 256, folders: 64 } as const;

/** What is known about a word of a command. */
export interface WordUse {
  /** It is run: its name is looked up on the PATH, and may appear there later. */
  readonly isProgram?: boolean;
  /** It is in a place where only a file can be. */
  readonly isFile?: boolean;
  /** Folders that a relative path may be in, besides the working directory. */
  readonly folders?: readonly string[];
}

/** The files that a `credential_process` may use, with their stamps; also of those that don't exist and may be added. */
export class ProcessFiles {
  readonly #stamps = new Map<string, string>();

  constructor(
    private readonly env: Environment,
    private readonly readStamp: (path: string) => string,
  ) {}

  list(): readonly FileDependency[] {
    return [...this.#stamps].map(([path, stamp]) => ({ path, stamp }));
  }

  /**
   * Adds the files that a word may mean: a path, or a program on the PATH. A path relative to the working directory stays
   * relative: in another directory it is another file.
   *
   * @returns those that exist and were not added before
   */
  add(word: string, use: WordUse = {}): readonly string[] {
    const found = pathsOf(word, use.folders ?? []).filter((path) => {
      const stats = statsOf(path);
      if (stats?.isFile()) return this.#add(path);
      if (!stats && mayBeAdded(word, path, use)) this.#add(path);
      return false;
    });
    return word.includes("/") ? found : [...found, ...this.#onPath(word, use)];
  }

  /** A file that can't be run is skipped, as by a shell. A folder before the program's may get one of that name later. */
  #onPath(name: string, { isProgram }: WordUse): readonly string[] {
    const before: string[] = [];
    const { PATH = "" } = this.env;
    for (const folder of PATH === "" ? [] : PATH.split(delimiter).slice(0, most.folders)) {
      const path = folder === "" ? `./${name}` : join(folder, name);
      const stats = statsOf(path);
      if (stats && !stats.isFile()) continue;
      if (!stats || (stats.mode & 0o111) === 0) {
        before.push(path);
        continue;
      }
      for (const each of before) this.#add(each);
      return this.#add(path) ? [path] : [];
    }
    if (isProgram) for (const each of before) this.#add(each);
    return [];
  }

  #add(path: string): boolean {
    if (this.#stamps.has(path) || this.#stamps.size === most.files) return false;
    this.#stamps.set(path, this.readStamp(path));
    return true;
  }
}

function pathsOf(word: string, folders: readonly string[]): readonly string[] {
  return isAbsolute(word) ? [word] : [word, ...folders.map((folder) => join(folder, word))];
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/**
 * Whether a word names a file rather than something else, such as a host or a password: the paths are stored. The keys of
 * AWS may contain slashes.
 */
function mayBeAdded(word: string, path: string, { isFile, isProgram }: WordUse): boolean {
  if (word.length > 1_024 || /^-|[\p{Cc}*?{}"'$`]|:\/\//u.test(word)) return false;
  const isKey =
    /^[A-Za-z\d+/=]{32,}$/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);
  if (isKey) return false;
  if (isFile || /^(?:\/|\.\.?\/)/.test(word)) return true;
  if (!word.includes("/")) return !isProgram && /^[\w-]+\.[a-z]{1,5}$/i.test(word);
  return statsOf(dirname(path))?.isDirectory() === true;
}
