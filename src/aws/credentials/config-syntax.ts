/** A setting of an AWS file. */
export interface Setting {
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
  /** The settings below it, where its value is a block of indented lines. Their names keep their case. */
  readonly nested?: ReadonlyMap<string, Setting>;
}

export type Settings = ReadonlyMap<string, Setting>;

/** Section headers, as they are written between the brackets, to their settings; the names in lower case. */
export type Sections = ReadonlyMap<string, Settings>;

/** A file that the AWS CLI can't parse. */
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

/** A setting while its lines are collected. */
interface Draft {
  readonly line: number;
  readonly values: { readonly text: string; readonly line: number }[];
}

type DraftSection = Map<string, Draft>;

/** Its settings count in every section. */
const defaults = "DEFAULT";

/**
 * Reads the text of an AWS config or credentials file as the AWS CLI does, which uses Python's RawConfigParser
 * (https://docs.python.org/3/library/configparser.html) and botocore's configloader: `=` and `:` separate, comments
 * have lines of their own, a deeper indented line continues the value above it, and what is named twice is an error.
 *
 * @throws ConfigSyntaxError
 */
export function parseConfig(text: string): Sections {
  const drafts = new Map<string, DraftSection>();
  let section: DraftSection | undefined;
  let setting: Draft | undefined;
  let indent = 0;
  let line = 0;
  for (const raw of linesOf(text)) {
    line++;
    const content = strip(raw);
    if (content === "" || content.startsWith("#") || content.startsWith(";")) {
      if (content === "") setting?.values.push({ text: "", line });
      continue;
    }
    const itsIndent = raw.indexOf(content);
    if (setting && itsIndent > indent) {
      setting.values.push({ text: content, line });
      continue;
    }
    indent = itsIndent;
    const header = headerOf(content);
    if (header !== undefined) {
      if (header !== defaults && drafts.has(header)) {
        throw new ConfigSyntaxError(line, `section [${header}] is there twice`);
      }
      section = drafts.get(header) ?? new Map();
      drafts.set(header, section);
      setting = undefined;
      continue;
    }
    if (!section) throw new ConfigSyntaxError(line, "a setting comes before the first [section]");
    const at = content.search(/[=:]/);
    if (at < 1) throw new ConfigSyntaxError(line, "neither a [section] nor a setting (NAME = VALUE)");
    const name = strip(content.slice(0, at)).toLowerCase();
    if (section.has(name)) throw new ConfigSyntaxError(line, `${name} is set twice in the same section`);
    setting = { line, values: [{ text: strip(content.slice(at + 1)), line }] };
    section.set(name, setting);
  }
  return finished(drafts);
}

/** Python counts all three kinds of line end. */
function linesOf(text: string): string[] {
  return (text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text).split("\n");
}

/** From the first bracket to the last, whatever follows it. */
function headerOf(content: string): string | undefined {
  if (!content.startsWith("[")) return undefined;
  const end = content.lastIndexOf("]");
  return end > 1 ? content.slice(1, end) : undefined;
}

function finished(drafts: ReadonlyMap<string, DraftSection>): Sections {
  const shared = drafts.get(defaults) ?? new Map<string, Draft>();
  const sections = new Map<string, Settings>();
  for (const [header, section] of drafts) {
    if (header === defaults) continue;
    const settings = new Map<string, Setting>();
    for (const [name, draft] of section) settings.set(name, settingOf(draft));
    for (const [name, draft] of shared) if (!settings.has(name)) settings.set(name, settingOf(draft));
    sections.set(header, settings);
  }
  return sections;
}

function settingOf({ line, values }: Draft): Setting {
  const [first] = values;
  if (values.length === 1 && first) return { value: first.text, line };
  const value = stripEnd(values.map(({ text }) => text).join("\n"));
  return value.startsWith("\n") ? { value, line, nested: nestedOf(values) } : { value, line };
}

function nestedOf(values: Draft["values"]): Settings {
  const nested = new Map<string, Setting>();
  for (const { text, line } of values) {
    if (text === "") continue;
    const at = text.indexOf("=");
    if (at < 0)
      throw new ConfigSyntaxError(line, "an indented line below an empty setting is no NAME = VALUE");
    nested.set(strip(text.slice(0, at)), { value: strip(text.slice(at + 1)), line });
  }
  return nested;
}

/** What Python's str.strip removes: not the byte order mark, which JavaScript's trim takes for a blank. */
const blank = "[\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const blankStart = new RegExp(`^${blank}+`);
const blankEnd = new RegExp(`${blank}+$`);

function strip(text: string): string {
  return isSolid(text.charCodeAt(0)) && isSolid(text.charCodeAt(text.length - 1))
    ? text
    : stripEnd(text.replace(blankStart, ""));
}

function stripEnd(text: string): string {
  if (isSolid(text.charCodeAt(text.length - 1))) return text;
  // By steps from the end: an expression would try again from each blank of a long run.
  let end = text.length;
  while (end > 0 && blankEnd.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Surely no blank, which most ends of lines are. */
function isSolid(code: number): boolean {
  return code > 0x20 && code < 0x85;
}
