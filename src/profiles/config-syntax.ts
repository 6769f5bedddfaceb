/** A setting of an AWS file. */
export interface Setting {
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
  /** The settings below it, if its value is a block of indented lines. Their names keep their case. */
  readonly nested?: ReadonlyMap<string, Setting>;
}

export type Settings = ReadonlyMap<string, Setting>;

/** Section headers, as they are written between the brackets, to their settings, whose names are in lower case. */
export type Sections = ReadonlyMap<string, Section>;

/** A section. Its settings are parsed when they are first used, since a file may have thousands of sections. */
export interface Section {
  readonly settings: Settings;
}

/** The AWS CLI can't parse the file. */
export class ConfigSyntaxError extends Error {
  /** @param line counted from 1 */
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
    this.name = "ConfigSyntaxError";
  }
}

/** Its settings apply to every section. */
const defaults = "DEFAULT";

/**
 * Reads the text of an AWS config or credentials file as the AWS CLI does, which uses Python's RawConfigParser
 * (https://docs.python.org/3/library/configparser.html) and botocore's configloader: `=` and `:` are separators,
 * comments are on their own lines, a deeper indented line continues the value above it, and a duplicate name is an
 * error.
 *
 * @param firstLine the number of the first line
 * @throws ConfigSyntaxError
 */
export function parseSections(text: string, firstLine = 1): Sections {
  const drafts = new Map<string, DraftSection>();
  let section: DraftSection | undefined;
  let indent = 0;
  let line = firstLine - 1;
  // Python accepts all three kinds of line end.
  const whole = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  for (let start = 0; start <= whole.length; ) {
    const end = endOfLine(whole, start);
    const raw = whole.slice(start, end);
    start = end + 1;
    line++;
    const content = strip(raw);
    const first = content.charCodeAt(0);
    if (content === "" || first === hash || first === semicolon) {
      if (content === "") section?.continueValue("", line);
      continue;
    }
    const lineIndent = content.length === raw.length ? 0 : raw.indexOf(content);
    if (lineIndent > indent && section?.continueValue(content, line)) continue;
    indent = lineIndent;
    const header = first === bracket ? headerOf(content) : undefined;
    if (header !== undefined) {
      if (header !== defaults && drafts.has(header)) {
        throw new ConfigSyntaxError(line, `section [${header}] occurs twice`);
      }
      section = drafts.get(header) ?? new DraftSection();
      section.begin();
      drafts.set(header, section);
      continue;
    }
    if (!section) throw new ConfigSyntaxError(line, "a setting comes before the first [section]");
    const at = separatorIn(content);
    if (at < 1) throw new ConfigSyntaxError(line, "neither a [section] nor a setting (NAME = VALUE)");
    section.add(strip(content.slice(0, at)).toLowerCase(), strip(content.slice(at + 1)), line);
  }
  const shared = drafts.get(defaults);
  drafts.delete(defaults);
  for (const draft of drafts.values()) draft.end(shared);
  return drafts;
}

const hash = 0x23;
const semicolon = 0x3b;
const bracket = 0x5b;

function endOfLine(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end < 0 ? text.length : end;
}

/** The index of the first = or : */
function separatorIn(content: string): number {
  for (let at = 0; at < content.length; at++) {
    const code = content.charCodeAt(at);
    if (code === 0x3d || code === 0x3a) return at;
  }
  return -1;
}

/** From the first bracket to the last; the rest of the line is ignored. */
function headerOf(content: string): string | undefined {
  const end = content.lastIndexOf("]");
  return end > 1 ? content.slice(1, end) : undefined;
}

interface Line {
  readonly text: string;
  readonly line: number;
}

/** The AWS CLI has no such limit, but each setting takes a kilobyte of memory. */
export const mostSettings = 100_000;

/** A section while its lines are collected. */
class DraftSection implements Section {
  readonly #names: string[] = [];
  /** The same names, for fast checks: a section may have hundreds of thousands of settings. */
  readonly #known = new Set<string>();
  readonly #first: Line[] = [];
  /** By the index of a setting: the lines that continue its value. */
  readonly #more = new Map<number, Line[]>();
  #shared: DraftSection | undefined;
  #settings: Settings | undefined;
  #isOpen = false;

  /** The line after a header never continues a value. */
  begin(): void {
    this.#isOpen = false;
  }

  add(name: string, text: string, line: number): void {
    if (this.#known.has(name)) {
      throw new ConfigSyntaxError(line, `${name} is set twice in the same section`);
    }
    if (this.#names.length === mostSettings) {
      throw new ConfigSyntaxError(line, `a section has more than ${mostSettings} settings`);
    }
    this.#known.add(name);
    this.#names.push(name);
    this.#first.push({ text, line });
    this.#isOpen = true;
  }

  /** @returns false if there is no value to continue */
  continueValue(text: string, line: number): boolean {
    if (!this.#isOpen) return false;
    const index = this.#names.length - 1;
    const more = this.#more.get(index);
    if (more) more.push({ text, line });
    else this.#more.set(index, [{ text, line }]);
    return true;
  }

  /** @throws ConfigSyntaxError for a block that does not consist of settings */
  end(shared: DraftSection | undefined): void {
    this.#shared = shared;
    for (const index of this.#more.keys()) this.#settingAt(index);
  }

  get settings(): Settings {
    if (this.#settings) return this.#settings;
    const settings = new Map<string, Setting>();
    for (const [index, name] of this.#names.entries()) settings.set(name, this.#settingAt(index));
    for (const [name, setting] of this.#shared?.settings ?? []) {
      if (!settings.has(name)) settings.set(name, setting);
    }
    this.#settings = settings;
    return settings;
  }

  #settingAt(index: number): Setting {
    const first = this.#first[index] ?? { text: "", line: 0 };
    const more = this.#more.get(index);
    if (!more) return { value: first.text, line: first.line };
    const lines = [first, ...more];
    const value = stripEnd(lines.map(({ text }) => text).join("\n"));
    const { line } = first;
    return value.startsWith("\n") ? { value, line, nested: nestedOf(lines) } : { value, line };
  }
}

function nestedOf(lines: readonly Line[]): Settings {
  const nested = new Map<string, Setting>();
  for (const { text, line } of lines) {
    if (text === "") continue;
    const at = text.indexOf("=");
    if (at < 0)
      throw new ConfigSyntaxError(line, "an indented line below an empty setting is not NAME = VALUE");
    nested.set(strip(text.slice(0, at)), { value: strip(text.slice(at + 1)), line });
  }
  return nested;
}

/**
 * The characters that Python's str.strip removes. The byte order mark, which JavaScript's trim removes, is not one of
 * them.
 */
const blank = "[\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const blankStart = new RegExp(`^${blank}+`);
const blankEnd = new RegExp(`${blank}+$`);

function strip(text: string): string {
  let start = 0;
  while (text.charCodeAt(start) === 0x20) start++;
  const begun = start === 0 ? text : text.slice(start);
  return stripEnd(isNotBlank(begun.charCodeAt(0)) ? begun : begun.replace(blankStart, ""));
}

function stripEnd(text: string): string {
  if (isNotBlank(text.charCodeAt(text.length - 1))) return text;
  // Step by step from the end: a regular expression would start again at each blank of a long run.
  let end = text.length;
  while (end > 0 && blankEnd.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Certainly not a blank, which is the common case. */
function isNotBlank(code: number): boolean {
  return code > 0x20 && code < 0x85;
}
