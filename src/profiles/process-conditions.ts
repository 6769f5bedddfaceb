import { stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { readBounded } from "../limits/bounded-file.ts";
import type { Environment, FileDependency } from "../token/dependencies.ts";

/** What the answer of a `credential_process` may depend on, as far as its command and its script show. */
export interface ProcessConditions {
  /** Environment variables, whether they are set now or not. */
  readonly names: readonly string[];
  /** The program and the files in its command. */
  readonly files: readonly FileDependency[];
}

/** Limits; a command that a user writes has fewer. */
const most = { words: 32, names: 64 } as const;

/** Bytes of a script that is searched for variables. */
const largestScript = 64 * 1024;

/**
 * The conditions under which a credential_process is assumed to return credentials of the same principal: PATH, the
 * variables that begin with AWS_ and those in the command or its script, the program, and the files among its words.
 *
 * @param readStamp see store/
 */
export async function processConditions(
  command: string,
  env: Environment,
  home: string,
  readStamp: (path: string) => string,
): Promise<ProcessConditions> {
  const words = command.split(/[\s"'`=;|&()<>]+/, most.words).filter((word) => word !== "");
  const names = new Set([
    "PATH",
    ...Object.keys(env)
      .filter((name) => name.startsWith("AWS_"))
      .sort(),
  ]);
  const files = new Map<string, string>();
  for (const name of variablesIn(command)) names.add(name);
  for (const word of words) {
    for (const path of await filesOf(word, env, home)) {
      files.set(path, readStamp(path));
      for (const name of await variablesOfScript(path)) names.add(name);
    }
  }
  return {
    names: [...names].slice(0, most.names),
    files: [...files].map(([path, stamp]) => ({ path, stamp })),
  };
}

/**
 * The files that a word may mean: a path, or a program on the PATH. A path relative to the working directory is
 * skipped: in another directory it is another file.
 */
async function filesOf(word: string, env: Environment, home: string): Promise<readonly string[]> {
  const path = word.startsWith("~/") ? join(home, word.slice(2)) : word;
  const named = (await isFile(path)) ? [path] : [];
  if (path.includes("/")) return named;
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    if (folder !== "" && (await isFile(join(folder, path)))) return [join(folder, path), ...named];
  }
  return named;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

/** For a text file of limited size. */
async function variablesOfScript(path: string): Promise<readonly string[]> {
  const file = await readBounded(path, largestScript);
  if (file.kind !== "bytes" || file.bytes.includes(0)) return [];
  return variablesIn(new TextDecoder().decode(file.bytes));
}

function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{?([A-Za-z_]\w{0,127})/g)].map(([, name = ""]) => name);
}
