import { join } from "node:path";
import { readBounded } from "../limits/bounded-file.ts";
import type { Environment, FileDependency } from "../token/dependencies.ts";
import { ProcessFiles, type WordUse } from "./process-files.ts";
import { ShellVariables } from "./shell-expansion.ts";
import { shellWords } from "./shell-words.ts";
import { usedPrograms } from "./used-programs.ts";
import { isShellScript, type UsedVariables, variablesIn } from "./variables-in-text.ts";

/** What the answer of a `credential_process` may depend on, as far as its command and its scripts show. */
export interface ProcessConditions {
  /** Environment variables, whether they are set now or not. */
  readonly names: readonly string[];
  /** The programs, scripts, and files in the command, also those that don't exist now. */
  readonly files: readonly FileDependency[];
}

/** Limits; with more, the answer is assumed to depend on every variable. */
const most = { words: 1_000, names: 1_000, scripts: 50, characters: 4 * 1024 * 1024, depth: 3 } as const;

/** Bytes of a script that is searched. */
const largestScript = 1024 * 1024;

/** Every variable: see `environmentFingerprint`. */
const everyVariable = "*";

/**
 * The conditions under which a credential_process is assumed to return credentials of the same principal: PATH, the
 * variables that begin with AWS_ and those in the command or its scripts, the programs, and the files among its words.
 *
 * @param readStamp see store/
 */
export async function processConditions(
  command: string,
  env: Environment,
  home: string,
  readStamp: (path: string) => string,
): Promise<ProcessConditions> {
  const search = new Search(env, home, readStamp);
  await search.ofCommand(command);
  return search.result();
}

class Search {
  readonly #names = new Set(["PATH", "AWS_*"]);
  #isEvery = false;
  readonly #files: ProcessFiles;
  #scripts = 0;
  #characters = 0;

  constructor(
    private readonly env: Environment,
    private readonly home: string,
    readStamp: (path: string) => string,
  ) {
    this.#files = new ProcessFiles(env, readStamp);
  }

  result(): ProcessConditions {
    const isEvery = this.#isEvery || this.#names.size > most.names;
    return { names: isEvery ? [everyVariable] : [...this.#names], files: this.#files.list() };
  }

  async ofCommand(command: string): Promise<void> {
    this.#addVariables(variablesIn(command, true, this.#isSet));
    const variables = new ShellVariables(this.env, this.home);
    const used = usedPrograms(command, variables);
    const { programs, files, folders } = used;
    const words = [...used.words, ...wordsIn(command).flatMap((word) => variables.expand(word).texts)];
    if (used.hasUnknown || used.hasUnknownPath || words.length > most.words) this.#isEvery = true;
    const written = new Set(used.written);
    const uses = new Map<string, WordUse>();
    for (const word of programs) uses.set(word, { folders, isProgram: true });
    for (const word of files) {
      if (!written.has(word)) uses.set(word, { ...uses.get(word), folders, isFile: true });
    }
    for (const word of words) if (!written.has(word) && !uses.has(word)) uses.set(word, { folders });
    for (const [word, use] of [...uses].slice(0, most.words)) {
      for (const path of this.#files.add(this.#inHome(word), use)) {
        // An argument that only has the name of a tool, such as "open".
        if (!use.isProgram && !word.includes("/") && isOfSystem(path)) continue;
        await this.#searchFile(path, 0, use.isProgram === true);
      }
    }
  }

  /** @param depth the number of scripts that run it */
  async #searchFile(path: string, depth: number, isProgram: boolean): Promise<void> {
    const file = await readBounded(path, largestScript);
    if (file.kind === "too-large" && (await isScript(path))) this.#isEvery = true;
    if (file.kind !== "bytes" || file.bytes.includes(0)) return;
    this.#characters += file.bytes.length;
    if (++this.#scripts > most.scripts || this.#characters > most.characters) {
      this.#isEvery = true;
      return;
    }
    const text = new TextDecoder().decode(file.bytes);
    const isShell = isShellScript(path, text);
    const { names, isEvery } = variablesIn(text, isShell, this.#isSet);
    // A tool of the system in a script may use any variable, as each `eval` could, but chooses no principal by it.
    const isTool = (depth > 0 || !isProgram) && isOfSystem(path);
    const isRun = isProgram || text.startsWith("#!");
    this.#addVariables({ names, isEvery: isEvery && isRun && !isTool });
    if (isRun && !isTool && depth < most.depth) await this.#searchPrograms(text, path, isShell, depth + 1);
  }

  /** The programs that a script runs. Files with data are no condition: a script may write them each time. */
  async #searchPrograms(text: string, path: string, isShell: boolean, depth: number): Promise<void> {
    const shell = isShell ? usedPrograms(text, new ShellVariables(this.env, this.home, path)) : undefined;
    if (shell?.hasUnknown) this.#isEvery = true;
    const programs = shell?.programs ?? quotedPrograms(text);
    for (const program of programs.slice(0, most.words)) {
      const use = { folders: shell?.folders ?? [], isFile: isShell && program.includes("/") };
      for (const found of this.#files.add(this.#inHome(program), use))
        await this.#searchFile(found, depth, true);
    }
  }

  #addVariables({ names, isEvery }: UsedVariables): void {
    for (const name of names) this.#names.add(name);
    this.#isEvery ||= isEvery;
  }

  readonly #isSet = (name: string) => this.env[name] !== undefined;

  #inHome(word: string): string {
    return word.startsWith("~/") ? join(this.home, word.slice(2)) : word;
  }
}

/** The words that the AWS CLI sees, which may contain blanks, and those that a shell sees in them. */
function wordsIn(command: string): readonly string[] {
  const words = [...(shellWords(command) ?? []), ...command.split(/[\s"'`=;|&()<>]+/)];
  return [...new Set(words)].filter((word) => word !== "");
}

/** In another language than a shell's: the first word of a text in quotes that begins a list or the arguments of a call. */
function quotedPrograms(text: string): readonly string[] {
  const found = text.matchAll(/[([]\s*[bruf]?["'`]([\w.~/+-]{1,1024})(?=["'`\s])/g);
  return [...new Set([...found].map(([, word = ""]) => word))];
}

const isOfSystem = (path: string) => /^\/(?:usr\/)?s?bin\//.test(path);

async function isScript(path: string): Promise<boolean> {
  return (await Bun.file(path).slice(0, 2).text()) === "#!";
}
