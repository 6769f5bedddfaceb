import { mostSettings, parseSections, type Section, type Sections, type Settings } from "./config-syntax.ts";

/**
 * Reads the text of an AWS file. A file may have thousands of profiles, of which one is used: usually all sections are
 * located and checked here, and only those that are used are parsed. A less regular text is parsed completely.
 *
 * @throws ConfigSyntaxError
 */
export function parseConfig(text: string): Sections {
  return indexSections(text) ?? parseSections(text);
}

/**
 * Loops are slow in a program that has just started, so the runtime's own functions split the text, and each shape of a
 * section (its lines without their values) is checked once.
 *
 * @returns undefined if only the parser can separate the sections, or the text has an error
 */
function indexSections(text: string): Sections | undefined {
  const whole = `\n${text.replaceAll("\r\n", "\n")}`;
  if (whole.includes("\r")) return undefined;
  // The first part is before all sections; each other part begins with a header.
  const [, ...written] = whole.split("\n[");
  const withoutComments = whole.replace(/\n[#;][^\n]*/g, "\n#");
  const [before = "", ...bare] = withoutComments.replace(/=[^\n]*/g, "=").split("\n[");
  const preamble = shapeOf(before);
  if (!preamble || preamble.hasSettings) return undefined;
  const shapes = new Map<string, Shape>();
  const sections = new Map<string, Section>();
  let line = 1 + preamble.lineEnds;
  for (let index = 0; index < written.length; index++) {
    const section = written[index] ?? "";
    const headerEnd = section.lastIndexOf("]", endOfLine(section));
    const header = headerEnd < 1 ? "DEFAULT" : section.slice(0, headerEnd);
    if (header === "DEFAULT" || sections.has(header)) return undefined;
    const withoutValues = bare[index] ?? "";
    const lines = withoutValues.slice(endOfLine(withoutValues));
    let shape = shapes.get(lines);
    if (!shape) {
      shape = shapeOf(lines);
      if (!shape) return undefined;
      shapes.set(lines, shape);
    }
    const indexed = new IndexedSection(header, section, line);
    if (!shape.isPlain) indexed.settings;
    sections.set(header, indexed);
    line += 1 + shape.lineEnds;
  }
  return sections;
}

function endOfLine(text: string): number {
  const end = text.indexOf("\n");
  return end < 0 ? text.length : end;
}

/** The kinds of a section's lines, without the values. */
interface Shape {
  /** No error is possible: its indented lines, if any, continue a value and contain a `=`. */
  readonly isPlain: boolean;
  readonly hasSettings: boolean;
  readonly lineEnds: number;
}

/** @returns undefined for lines that only the parser can check */
function shapeOf(text: string): Shape | undefined {
  const lines = text.split("\n");
  const names = new Set<string>();
  let isPlain = true;
  for (const line of lines) {
    if (line === "" || line === "#") continue;
    const [, name] = /^([a-z]\w*)[ \t]*=$/i.exec(line) ?? [];
    if (name !== undefined) {
      if (names.has(name.toLowerCase()) || names.size === mostSettings) return undefined;
      names.add(name.toLowerCase());
    } else if (names.size === 0 || !/^[ \t]+[^\s[].*=$/.test(line)) {
      // The parser assigns an indented line to its setting, unless the line may be a header.
      if (!/^[ \t]+(?:[^\s[]|$)/.test(line)) return undefined;
      isPlain = false;
    }
  }
  return { isPlain, hasSettings: names.size > 0 || !isPlain, lineEnds: lines.length - 1 };
}

class IndexedSection implements Section {
  private parsed: Settings | undefined;

  /** @param line the number of the header's line */
  constructor(
    private readonly header: string,
    private readonly section: string,
    private readonly line: number,
  ) {}

  /** @throws ConfigSyntaxError */
  get settings(): Settings {
    if (this.parsed) return this.parsed;
    const body = this.section.slice(endOfLine(this.section));
    const sections = parseSections(`[${this.header}]${body}`, this.line);
    this.parsed = sections.get(this.header)?.settings ?? new Map();
    return this.parsed;
  }
}
