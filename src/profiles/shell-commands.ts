/** The simple commands of a shell's text, as far as they can be read without running it. */
export interface ShellText {
  /** The words of each command, without quotes and redirections. Variables and substitutions are as written. */
  readonly commands: readonly (readonly string[])[];
  /** Targets of `>` and `>>`. */
  readonly written: readonly string[];
  /** Sources of `<`. */
  readonly read: readonly string[];
}

/** Deeper nesting than in any real command: the rest is not read, since that could take long. */
const mostReading = 20;

/** Reads commands also in substitutions, `$(…)` and backquotes. */
export function readShellText(text: string): ShellText {
  const parts = { commands: [] as string[][], written: [] as string[], read: [] as string[] };
  const left = [text];
  let characters = text.length * mostReading;
  for (let next = left.pop(); next !== undefined && characters >= 0; next = left.pop()) {
    characters -= next.length;
    left.push(...new Reader(next, parts).run());
  }
  return parts;
}

interface Parts {
  readonly commands: string[][];
  readonly written: string[];
  readonly read: string[];
}

class Reader {
  #at = 0;
  #word: string | undefined;
  #command: string[] = [];
  #redirection: string[] | "ignored" | undefined;
  readonly #endsOfHereDocuments: string[] = [];
  readonly #substitutions: string[] = [];

  constructor(
    private readonly text: string,
    private readonly parts: Parts,
  ) {}

  /** @returns the texts of substitutions */
  run(): readonly string[] {
    while (this.#at < this.text.length) this.#take(this.text.charAt(this.#at));
    this.#endCommand();
    return this.#substitutions;
  }

  #take(char: string): void {
    if (char === "\\") this.#escape();
    else if (char === "'") this.#add(this.#until("'"));
    else if (char === '"') this.#doubleQuoted();
    else if (char === "$" || char === "`") this.#dollar();
    else if (char === "#" && this.#word === undefined) this.#skipTo("\n");
    else if (char === "<" || char === ">") this.#redirect(char);
    else if (char === "\n") this.#endLine();
    else if (/[;&|()]/.test(char)) {
      this.#endCommand();
      this.#at++;
    } else if (/\s/.test(char)) {
      this.#endWord();
      this.#at++;
    } else this.#add(this.text.charAt(this.#at++));
  }

  #add(text: string): void {
    this.#word = (this.#word ?? "") + text;
  }

  #escape(): void {
    const next = this.text.charAt(this.#at + 1);
    if (next !== "\n") this.#add(next);
    this.#at += 2;
  }

  /** The text from the character after this one to the next `end`, after which reading continues. */
  #until(end: string): string {
    const start = this.#at + 1;
    const found = this.text.indexOf(end, start);
    this.#at = found < 0 ? this.text.length : found + 1;
    return this.text.slice(start, found < 0 ? undefined : found);
  }

  #skipTo(end: string): void {
    const found = this.text.indexOf(end, this.#at);
    this.#at = found < 0 ? this.text.length : found;
  }

  #doubleQuoted(): void {
    this.#add("");
    this.#at++;
    while (this.#at < this.text.length) {
      const char = this.text.charAt(this.#at);
      if (char === '"') {
        this.#at++;
        return;
      }
      if (char === "\\") this.#escape();
      else if (char === "$" || char === "`") this.#dollar();
      else {
        this.#add(char);
        this.#at++;
      }
    }
  }

  /** A variable or a substitution stays in the word as written. */
  #dollar(): void {
    const start = this.#at;
    const [char, next] = [this.text.charAt(start), this.text.charAt(start + 1)];
    if (char === "`") this.#substitutions.push(this.#until("`"));
    else if (next === "(" || next === "{") {
      this.#at = closing(this.text, start + 1, next, next === "(" ? ")" : "}");
      if (next === "(") this.#substitutions.push(this.text.slice(start + 2, this.#at - 1));
    } else this.#at++;
    this.#add(this.text.slice(start, this.#at));
  }

  #redirect(char: string): void {
    // The number of a descriptor, as in 2>file.
    if (this.#word !== undefined && /^\d+$/.test(this.#word)) this.#word = undefined;
    this.#endWord();
    const [operator = char] =
      /^(?:<<<|<<-?|<&|<>|>>|>&|>\||<|>)/.exec(this.text.slice(this.#at, this.#at + 3)) ?? [];
    this.#at += operator.length;
    // A substitution of a process: its command is read as a command of its own.
    if (this.text.charAt(this.#at) === "(") return;
    if (operator.startsWith("<<") && operator !== "<<<") this.#redirection = this.#endsOfHereDocuments;
    else if (operator === "<<<" || operator === "<&") this.#redirection = "ignored";
    else this.#redirection = operator === "<" ? this.parts.read : this.parts.written;
  }

  #endWord(): void {
    const word = this.#word;
    if (word === undefined) return;
    this.#word = undefined;
    const target = this.#redirection;
    this.#redirection = undefined;
    if (target === undefined) this.#command.push(word);
    else if (target !== "ignored") target.push(word);
  }

  #endCommand(): void {
    this.#endWord();
    this.#redirection = undefined;
    if (this.#command.length > 0) this.parts.commands.push(this.#command);
    this.#command = [];
  }

  #endLine(): void {
    this.#endCommand();
    this.#at++;
    for (let end = this.#endsOfHereDocuments.shift(); end !== undefined; ) {
      const start = this.#at;
      this.#skipTo("\n");
      if (this.#at < this.text.length) this.#at++;
      else if (start === this.#at) return;
      if (this.text.slice(start, this.#at).trim() === end) end = this.#endsOfHereDocuments.shift();
    }
  }
}

/** The position after the bracket that closes the one at `from`. */
function closing(text: string, from: number, open: string, close: string): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\") at++;
    else if (char === "'" && open === "(") {
      const end = text.indexOf("'", at + 1);
      if (end > 0) at = end;
    } else if (char === open) depth++;
    else if (char === close && --depth === 0) return at + 1;
  }
  return text.length;
}
