import { readShellText } from "./shell-commands.ts";
import type { ShellVariables } from "./shell-expansion.ts";

/** What a text in a shell's language runs and reads, as far as it shows. */
export interface UsedPrograms {
  /** Programs and scripts, as names on the PATH or as paths. */
  readonly programs: readonly string[];
  /** The other words. */
  readonly words: readonly string[];
  /** Words in a place where only a file can be. */
  readonly files: readonly string[];
  /** Files that are written, so that their change says nothing. */
  readonly written: readonly string[];
  /** Folders that the text changes to. */
  readonly folders: readonly string[];
  /** It runs something, or changes to a folder, whose name only the shell can calculate. */
  readonly hasUnknown: boolean;
  /** It has a path, in any place, that only the shell can calculate. */
  readonly hasUnknownPath: boolean;
}

const reserved = new Set([
  "if",
  "then",
  "else",
  "elif",
  "fi",
  "do",
  "done",
  "while",
  "until",
  "!",
  "{",
  "}",
  "time",
]);

/** They run the program in their arguments. */
const runners = new Set(
  "builtin command doas env exec ionice nice nohup setsid stdbuf sudo timeout xargs".split(" "),
);

/** Programs that run each other, as in `sudo nice env program`. */
const mostRunners = 10;

/** They write the files in their arguments. */
const writers = new Set(["mkdir", "rm", "tee", "touch", "truncate"]);

const declarations = new Set(["declare", "export", "local", "readonly", "typeset"]);

const builtins = new Set(
  "[ [[ : alias break case cd continue echo esac eval exit false for function getopts hash in kill popd printf pushd pwd read return select set shift shopt test trap true type ulimit umask unalias unset wait".split(
    " ",
  ),
);

/** They read their arguments: the file in the first one is a script. */
const interpreters =
  /^(?:\.|source|(?:ba|da|a|k|z|fi)?sh|python[\d.]*|node|bun|deno|ruby|perl|php|lua|tclsh|pwsh|osascript)$/;

const assignment = /^([A-Za-z_]\w*)\+?=([\s\S]*)$/;

/** A substitution or a variable next to a slash. In `s/a$/b/` there is none. */
const unknownPath =
  /(?:\$\([^)]*\)|`[^`]*`|\$\{[^}]*\}|\$[\w@*])[^\s"']*\/|\/[^\s"']*(?:\$\(|`|\$\{|\$[\w@*])/;

/**
 * @param text of a command or script
 * @param variables with the values of the text around it
 */
export function usedPrograms(text: string, variables: ShellVariables): UsedPrograms {
  const used = {
    programs: new Set<string>(),
    words: new Set<string>(),
    files: new Set<string>(),
    written: new Set<string>(),
    folders: new Set<string>(),
  };
  let hasUnknown = false;
  let hasUnknownPath = false;
  const add = (word: string, set: Set<string>): boolean => {
    const { texts, isComplete } = variables.expand(word);
    for (const each of texts) {
      if (each === "") continue;
      set.add(each);
      // A variable without quotes may have several words.
      if (/\$/.test(word) && /\s/.test(each)) for (const part of each.split(/\s+/)) used.words.add(part);
    }
    if (!isComplete && unknownPath.test(word.slice(0, 4_096))) hasUnknownPath = true;
    return isComplete;
  };

  const readCommand = (words: readonly string[], depth = 0): void => {
    let at = 0;
    for (; at < words.length; at++) {
      const word = words[at] ?? "";
      const [, name, value = ""] = assignment.exec(word) ?? [];
      if (name !== undefined) add(value, used.words);
      else if (!reserved.has(word)) break;
    }
    const program = words[at];
    const rest = words.slice(at + 1);
    if (program === undefined) return;
    const name = program.slice(program.lastIndexOf("/") + 1);
    if (declarations.has(name)) {
      readCommand(rest.filter((word) => assignment.test(word)));
      return;
    }
    if (name === "cd" || name === "pushd") {
      const folder = rest.find((word) => !word.startsWith("-"));
      if (folder !== undefined && !add(folder, used.folders)) hasUnknown = true;
      return;
    }
    if (builtins.has(name)) {
      for (const word of rest) add(word, used.words);
      return;
    }
    if (program !== "." && program !== "source") run(program);
    if (runners.has(name)) {
      // Their own options may have values, so every word counts.
      for (const word of rest) add(word, used.words);
      const first = rest.findIndex((word) => /^[^-\d]/.test(word) && !assignment.test(word));
      if (first >= 0 && depth < mostRunners) readCommand(rest.slice(first), depth + 1);
      return;
    }
    if (interpreters.test(name)) {
      const isShell = name.endsWith("sh");
      const isInline = rest.some((word) => (isShell ? /^-\w*c$/ : /^-\w*[ceprm]$/i).test(word));
      const script = isInline ? -1 : rest.findIndex((word) => /^[^-]/.test(word));
      for (const [index, word] of rest.entries()) {
        if (isInline && isShell && !word.startsWith("-")) readText(word);
        else if (index === script) run(word, used.files);
        else add(word, used.words);
      }
      return;
    }
    const target = name === "cat" ? used.files : writers.has(name) ? used.written : used.words;
    for (const word of rest) add(word, word.startsWith("-") ? used.words : target);
  };

  const run = (word: string, set = used.programs): void => {
    // The caller searches the arguments of the text anyway.
    if (/^\$(?:[@*\d]|\{\d+\})$/.test(word)) return;
    if (!add(word, set)) hasUnknown = true;
    if (set !== used.programs) add(word, used.programs);
  };

  const readText = (inner: string): void => {
    const { commands, written, read } = readShellText(inner);
    // First, because a function may use a variable that is set below it.
    for (const words of commands)
      for (const [name, value] of assignmentsIn(words)) variables.assign(name, value);
    for (const words of commands) readCommand(words);
    for (const word of written) add(word, used.written);
    for (const word of read) add(word, used.files);
  };

  readText(text);
  const lists = Object.fromEntries(Object.entries(used).map(([key, set]) => [key, [...set]]));
  return { ...(lists as Record<keyof typeof used, string[]>), hasUnknown, hasUnknownPath };
}

function* assignmentsIn(words: readonly string[]): Generator<[name: string, value: string]> {
  const first = words.findIndex((word) => !reserved.has(word));
  const [program, name = "", ...values] = words.slice(first);
  if (program === "for") for (const value of values.slice(1)) yield [name, value];
  // Only the shell knows what it reads.
  if (program === "read")
    for (const each of [name, ...values]) if (/^\w+$/.test(each)) yield [each, "$(read)"];
  for (const word of words) {
    const [, name, value = ""] = assignment.exec(word) ?? [];
    if (name !== undefined) yield [name, value];
    else if (!reserved.has(word) && !declarations.has(word) && !runners.has(word) && !word.startsWith("-"))
      return;
  }
}
