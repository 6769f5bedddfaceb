import { dirname } from "node:path";
import type { Environment } from "../token/dependencies.ts";

/** The texts that a word of a shell may stand for. */
export interface Expansion {
  readonly texts: readonly string[];
  /** False: it has a part that only the shell can calculate, such as a substitution or an argument. */
  readonly isComplete: boolean;
}

/** More alternatives of one word are not followed. */
const mostTexts = 16;
const mostSteps = 64;
/** Of different words. */
const mostExpansions = 10_000;
/** Characters of a path. */
const longest = 4_096;

const variable = /\$\{([A-Za-z_]\w*)(?:(:?)([-=+?])([^{}$`]*))?\}|\$([A-Za-z_]\w*)/;

/** The values that variables may have in a text: from the environment, and those that the text gives them. */
export class ShellVariables {
  readonly #assigned = new Map<string, Expansion[]>();
  readonly #expanded = new Map<string, Expansion>();
  #left = mostExpansions;

  /** @param script the path of the script, for `$0` */
  constructor(
    private readonly env: Environment,
    private readonly home: string,
    private readonly script?: string,
  ) {}

  assign(name: string, value: string): void {
    const values = this.#assigned.get(name) ?? [];
    if (values.length === mostTexts) return;
    this.#assigned.set(name, [...values, this.expand(value)]);
    this.#expanded.clear();
  }

  expand(word: string): Expansion {
    if (!/[$`]|^~/.test(word)) return { texts: [word], isComplete: true };
    const known = this.#expanded.get(word);
    if (known) return known;
    if (word.length > longest || --this.#left < 0) return { texts: [], isComplete: false };
    const expansion = this.#expand(word);
    this.#expanded.set(word, expansion);
    return expansion;
  }

  #expand(word: string): Expansion {
    const folder = this.script === undefined ? undefined : dirname(this.script);
    const text = folder === undefined ? word : withScriptFolder(word, folder);
    let pending = [withoutLookUps(text.replace(/^~(?=\/|$)/, () => this.home))];
    const texts = new Set<string>();
    let isComplete = true;
    for (let steps = 0; pending.length > 0; steps++) {
      if (steps === mostSteps || texts.size === mostTexts) return { texts: [...texts], isComplete: false };
      const [first = "", ...others] = pending;
      const found = first.length > longest ? undefined : variable.exec(first);
      if (!found) {
        if (first.length > longest || /[$`]/.test(first)) isComplete = false;
        else texts.add(first);
        pending = others;
        continue;
      }
      const { values, isKnown } = this.#valuesOf(found);
      if (!isKnown) isComplete = false;
      const end = found.index + found[0].length;
      pending = [...values.map((value) => first.slice(0, found.index) + value + first.slice(end)), ...others];
    }
    return { texts: [...texts], isComplete };
  }

  #valuesOf([, braced, colon, operator, word = "", plain]: RegExpExecArray) {
    const name = braced ?? plain ?? "";
    const assigned = this.#assigned.get(name) ?? [];
    const inherited = this.env[name];
    const values = assigned.flatMap(({ texts }) => texts);
    if (inherited !== undefined) values.push(inherited);
    const isKnown = assigned.every(({ isComplete }) => isComplete);
    const isEmpty = inherited === undefined || (colon === ":" && inherited === "");
    if (operator === "-" || operator === "=")
      return { isKnown, values: isEmpty ? [...values, word] : values };
    if (operator === "+") return { isKnown, values: isEmpty && assigned.length === 0 ? [""] : [word] };
    return { isKnown, values: values.length > 0 || !isKnown ? values : [""] };
  }
}

/** `$(pwd)` is the folder of relative paths, and `$(command -v name)` the program of that name. */
function withoutLookUps(word: string): string {
  return word
    .replaceAll(/\$\(\s*pwd\s*\)|`pwd`/g, ".")
    .replaceAll(/\$\(\s*(?:which|command\s+-v|type\s+-p)\s+([\w.+-]+)[^()]*\)/g, "$1");
}

/** The usual ways of writing the folder of the script that runs. */
function withScriptFolder(word: string, folder: string): string {
  if (!/\$\{?(?:0|BASH_SOURCE)/.test(word)) return word;
  return word
    .replaceAll(/\$\{(?:0|BASH_SOURCE(?:\[0\])?)(?:%\/\*|:h)\}/g, () => folder)
    .replaceAll(
      /(?:\$\(|`)\s*dirname\s+(?:--\s+)?"?(?:\$\(\s*(?:readlink\s+-\w+|realpath)\s+)?(?:--\s+)?"?\$\{?(?:0|BASH_SOURCE)(?:\[0\])?\}?"?\s*\)?"?\s*(?:\)|`)/g,
      () => folder,
    )
    .replaceAll(
      /\$\(\s*cd\s+(?:-P\s+|--\s+)*"?([^"$`()&;]+)"?\s*(?:>\s*\/dev\/null\s*)?(?:2>&1\s*)?(?:&&|;)\s*pwd(?:\s+-P)?\s*\)/g,
      "$1",
    );
}
