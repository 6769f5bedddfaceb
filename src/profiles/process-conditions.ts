import { stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { readBounded } from "../limits/bounded-file.ts";
import type { Environment, FileDependency } from "../token/dependencies.ts";
import { shellWords } from "./shell-words.ts";
import { isShellScript, type UsedVariables, variablesIn } from "./variables-in-text.ts";

/** What the answer of a `credential_process` may depend on, as far as its command and its script show. */
export interface ProcessConditions {
  /** Environment variables, whether they are set now or not. */
  readonly names: readonly string[];
  /** The program and the files in its command. */
  readonly files: readonly FileDependency[];
}

/** Limits; with more, the answer is assumed to depend on every variable. */
const most = { words: 1_000, names: 1_000 } as const;

/** Bytes of a script that is searched for variables. */
const largestScript = 1024 * 1024;

/** Every variable: see `environmentFingerprint`. */
const everyVariable = "*";

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
  const words = wordsIn(command);
  const isSet = (name: string) => env[name] !== undefined;
  const names = new Set(["PATH", "AWS_*"]);
  let isEvery = words.length > most.words;
  const add = (used: UsedVariables) => {
    for (const name of used.names) names.add(name);
    isEvery ||= used.isEvery;
  };
  add(variablesIn(command, true, isSet));
  const files = new Map<string, string>();
  for (const word of words.slice(0, most.words)) {
    for (const path of await filesOf(word, env, home)) {
      if (files.has(path)) continue;
      files.set(path, readStamp(path));
      add(await variablesOfScript(path, isSet));
    }
  }
  return {
    names: isEvery || names.size > most.names ? [everyVariable] : [...names],
    files: [...files].map(([path, stamp]) => ({ path, stamp })),
  };
}

/** The words that the AWS CLI sees, which may contain blanks, and those that a shell sees in them. */
function wordsIn(command: string): readonly string[] {
  const words = [...(shellWords(command) ?? []), ...command.split(/[\s"'`=;|&()<>]+/)];
  return [...new Set(words)].filter((word) => word !== "");
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

/** None for a program that is not a text. */
async function variablesOfScript(path: string, isSet: (name: string) => boolean): Promise<UsedVariables> {
  const file = await readBounded(path, largestScript);
  if (file.kind === "too-large") return { names: [], isEvery: await isScript(path) };
  if (file.kind !== "bytes" || file.bytes.includes(0)) return { names: [], isEvery: false };
  const text = new TextDecoder().decode(file.bytes);
  return variablesIn(text, isShellScript(path, text), isSet);
}

async function isScript(path: string): Promise<boolean> {
  return (await Bun.file(path).slice(0, 2).text()) === "#!";
}
