import { readBounded } from "../limits/bounded-file.ts";
import type { Environment, FileDependency } from "../token/dependencies.ts";
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

/** Every variable that is no bookkeeping of a shell or terminal: `environmentFingerprint`. */
const everyVariable = ["*"];

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
  const scripts = files.add(wordsIn(withoutTargets(command)).slice(0, most.words));
  const names = isNamed ? await namesFor(command, scripts, machine.env) : everyVariable;
  return { names, files: files.list() };
}

/**
 * A command without the files that it writes, as far as redirections and the names of options tell: they change each time,
 * and choose no principal.
 */
function withoutTargets(command: string): string {
  return command.replaceAll(
    /(?:[>]{1,2}\|?|\btee\s(?:\s*-a\s)?|\s-o\s|\s--?(?:[a-z]{1,20}-)?(?:cache|log|out|output|save)(?:-[a-z]{1,20})?[=\s])\s*["']?[^\s"';|&()<>]{1,4096}/g,
    " ",
  );
}

/** The words that the AWS CLI sees, which may contain blanks, and those that a shell sees in them. */
function wordsIn(command: string): readonly string[] {
  const words = [...(shellWords(command) ?? []), ...command.split(/[\s"'`=;|&()<>]+/)];
  return [...new Set(words)].filter((word) => word !== "");
}

async function namesFor(
  command: string,
  paths: readonly string[],
  env: Environment,
): Promise<readonly string[]> {
  const names = new Set(["PATH", "AWS_*"]);
  const isSet = (name: string) => env[name] !== undefined;
  const used = [variablesInCommand(command, isSet)];
  for (const path of paths) used.push(await variablesOfScript(path, isSet));
  for (const { names: more } of used) for (const name of more) names.add(name);
  return used.some(({ isEvery }) => isEvery) || names.size > most.names ? everyVariable : [...names];
}

/** None for a program that is not a text. */
async function variablesOfScript(path: string, isSet: (name: string) => boolean): Promise<UsedVariables> {
  const file = await readBounded(path, largestScript);
  if (file.kind === "too-large") return { names: [], isEvery: await isScript(path) };
  if (file.kind !== "bytes" || file.bytes.includes(0)) return { names: [], isEvery: false };
  return variablesInScript(path, new TextDecoder().decode(file.bytes), isSet);
}

async function isScript(path: string): Promise<boolean> {
  return (await Bun.file(path).slice(0, 2).text()) === "#!";
}
