import { join } from "node:path";
import { readBounded } from "../limits/bounded-file.ts";
import type { Environment, FileDependency } from "../token/dependencies.ts";
import { isSessionName } from "../token/variable-patterns.ts";
import { ProcessFiles } from "./process-files.ts";
import { shellWords } from "./shell-words.ts";
import { type UsedVariables, variablesInCommand, variablesInScript } from "./variables-in-text.ts";

/** What the answer of a `credential_process` may depend on, as far as it shows without running it. */
export interface ProcessConditions {
  /** Environment variables, whether they are set now or not. */
  readonly names: readonly string[];
  /** The programs, scripts and files in the command, also those that don't exist now. */
  readonly files: readonly FileDependency[];
}

/** Limits; with more names, the answer is assumed to depend on every variable. */
const most = { words: 1_000, names: 1_000 } as const;

/** Bytes of a script that is searched. */
const largestScript = 1024 * 1024;

/** Every variable except those of the session: see `environmentFingerprint`. */
const everyVariable = "*";

/** The machine's part in the conditions. */
export interface ProcessMachine {
  readonly env: Environment;
  /** What `~` means. */
  readonly home: string;
  /** See store/. */
  readStamp(path: string): string;
}

/**
 * The conditions under which a credential_process is assumed to return credentials of the same principal.
 *
 * What a program does with its environment can't be known. So the default identity, which must be that of the AWS CLI in
 * the same environment, depends on every variable. An identity of config.yaml stands for one principal, and is meant to be
 * the same in each shell and in the daemon: it depends on PATH, on the variables that begin with AWS_, and on those that
 * the command or its scripts name.
 */
export async function processConditions(
  command: string,
  isNamed: boolean,
  machine: ProcessMachine,
): Promise<ProcessConditions> {
  const files = new ProcessFiles(machine);
  const scripts = files.add(wordsIn(command).slice(0, most.words), targetsIn(command));
  const { names, isEvery } = await namesFor(command, scripts, machine.env);
  if (isNamed && !isEvery && names.length <= most.names) return { names, files: files.list() };
  // What differs in each shell counts only if it is named.
  return { names: [everyVariable, ...names.filter(isSessionName).slice(0, most.names)], files: files.list() };
}

/**
 * The words that the AWS CLI sees, which may contain blanks, those that a shell sees in them, the values of options, and the
 * paths that begin in a folder that a shell changes to.
 */
function wordsIn(command: string): readonly string[] {
  const words = shellWords(command) ?? [];
  const inner = words.filter((word) => /["'\s]/.test(word)).flatMap((word) => shellWords(word) ?? []);
  const parts = command.split(/[\s"'`=;|&()<>]+/);
  const all = [...words, ...inner, ...parts];
  for (const word of [...words, ...inner])
    if (/^--?\w/.test(word)) all.push(word.slice(word.indexOf("=") + 1));
  const folders = all.filter((_, index) => all[index - 1] === "cd");
  const relative = all.filter((word) => /^[\w.].*\//.test(word));
  for (const folder of folders.slice(0, 10))
    for (const word of relative.slice(0, 100)) all.unshift(join(folder, word));
  return [...new Set(all)].filter((word) => word !== "");
}

/** The words of files that the command writes, as far as redirections and the names of options tell. */
function targetsIn(command: string): ReadonlySet<string> {
  const found = command.matchAll(
    /(?:>{1,2}\|?|\btee\s(?:\s*-a\s)?|\s-o\s|\s--?(?!no-)(?:[a-z]{1,20}[-_]){0,3}(?:cache|log|out|output|save|jar)(?:[-_]?(?:file|path|to))?[=\s])\s*["']?([^\s"';|&()<>]{1,4096})/g,
  );
  return new Set([...found].map(([, word = ""]) => word));
}

async function namesFor(command: string, paths: readonly string[], env: Environment): Promise<UsedVariables> {
  const names = new Set(["PATH", "AWS_*"]);
  const isSet = (name: string) => Object.hasOwn(env, name);
  const used = [variablesInCommand(command, isSet)];
  for (const path of paths) used.push(await variablesOfScript(path, isSet));
  for (const { names: more } of used) for (const name of more) names.add(name);
  return { names: [...names], isEvery: used.some(({ isEvery }) => isEvery) };
}

/** None for a program that is not a text. */
async function variablesOfScript(path: string, isSet: (name: string) => boolean): Promise<UsedVariables> {
  const file = await readBounded(path, largestScript);
  if (file.kind === "too-large") return { names: [], isEvery: await isText(path) };
  if (file.kind !== "bytes" || file.bytes.includes(0)) return { names: [], isEvery: false };
  return variablesInScript(path, new TextDecoder().decode(file.bytes), isSet);
}

async function isText(path: string): Promise<boolean> {
  return !(await Bun.file(path).slice(0, 4_096).bytes()).includes(0);
}
