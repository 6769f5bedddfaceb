import { type Stats, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { Environment, FileDependency } from "../token/dependencies.ts";

/** $NAME, ${NAME}, ${NAME:-usual} */
const variable = /\$(?:\{(\w{1,128})(?::?-([^}]{0,1024}))?\}|(\w{1,128}))/g;

/** Further files are not compared. */
const most = { files: 256, folders: 512 } as const;

/** The files that a `credential_process` may use, with their stamps; also of those that don't exist and may be added. */
export class ProcessFiles {
  readonly #existing = new Set<string>();
  readonly #absent = new Set<string>();

  constructor(
    private readonly machine: {
      readonly env: Environment;
      readonly home: string;
      readStamp(path: string): string;
    },
  ) {}

  list(): readonly FileDependency[] {
    const paths = [...this.#existing, ...this.#absent].slice(0, most.files);
    return paths.map((path) => ({ path, stamp: this.machine.readStamp(path) }));
  }

  /**
   * Adds the files that words of a command may mean: a path, or a program on the PATH. A path relative to the working
   * directory stays relative: in another directory it is another file.
   *
   * @param targets words of files that the command writes: they change each time, and choose no principal
   * @returns those that exist
   */
  add(words: readonly string[], targets: ReadonlySet<string>): readonly string[] {
    for (const word of words) {
      const path = this.#expanded(word);
      if (path === undefined) continue;
      const stats = statsOf(path);
      if (targets.has(word) && !isProgram(stats)) continue;
      if (stats?.isFile()) this.#existing.add(path);
      else if (!stats && mayBeAdded(path)) this.#absent.add(path);
      if (!path.includes("/")) this.#addProgram(path);
    }
    return [...this.#existing].slice(0, most.files);
  }

  /** A word with its variables; undefined if it has something else that a shell replaces. */
  #expanded(word: string): string | undefined {
    const { env, home } = this.machine;
    const text = word
      .replace(/^~(?=\/)/, () => home)
      .replaceAll(variable, (_, braced, usual = "", plain) => valueIn(env, braced ?? plain) || usual);
    // Files of the kernel and devices are others for each process.
    const isLeftOut = /[$`]/.test(text) || text.length > 4_096 || /^\/+(?:proc|sys|dev)\//.test(text);
    return isLeftOut ? undefined : text.replace(/^\/+/, "/");
  }

  /** A file that can't be run is skipped, as by a shell. A folder before the program's may get one of that name later. */
  #addProgram(name: string): void {
    const before: string[] = [];
    const { PATH = "" } = this.machine.env;
    for (const folder of PATH === "" ? [] : PATH.split(delimiter).slice(0, most.folders)) {
      const path = folder === "" ? `./${name}` : join(folder, name);
      const stats = statsOf(path);
      if (isProgram(stats)) {
        for (const each of before) this.#absent.add(each);
        this.#existing.add(path);
        return;
      }
      before.push(path);
    }
  }
}

function valueIn(env: Environment, name: string): string {
  return (Object.hasOwn(env, name) ? env[name] : undefined) ?? "";
}

function isProgram(stats: Stats | undefined): boolean {
  return stats?.isFile() === true && (stats.mode & 0o111) !== 0;
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/**
 * Whether a word names a file that does not exist, rather than a host, a text or a password: the paths are stored. The keys
 * of AWS may contain slashes.
 */
function mayBeAdded(path: string): boolean {
  if (!/^\.{0,2}\//.test(path) || /[\s\p{Cc}*?{}"']/u.test(path)) return false;
  let folder = dirname(path);
  for (let depth = 0; depth < 64 && folder !== "/" && !statsOf(folder); depth++) folder = dirname(folder);
  return folder !== "/" && statsOf(folder)?.isDirectory() === true;
}
