/** A part of a line that has one style. */
export interface Run {
  readonly text: string;
  /** Names of styles, separated by a space: dim, bold, red, green, yellow, blue, cyan; "" is the default style. */
  readonly style: string;
}

export type Line = readonly Run[];

interface Cell {
  readonly character: string;
  readonly style: string;
}

const tabWidth = 8;
const colours: Readonly<Record<string, string>> = {
  "31": "red",
  "32": "green",
  "33": "yellow",
  "34": "blue",
  "36": "cyan",
};

/**
 * The lines that a terminal of this width and of unlimited height shows after a program has written `sent`. It knows the sequences that
 * this program and readline use: colours, the column of the cursor, erasing the rest of a line or of the screen.
 */
export function linesOf(sent: string, columns = Number.POSITIVE_INFINITY): readonly Line[] {
  const lines: Cell[][] = [[]];
  let column = 0;
  let style = new Set<string>();
  const put = (character: string) => {
    if (column >= columns) {
      lines.push([]);
      column = 0;
    }
    const line = lines.at(-1) ?? [];
    while (line.length < column) line.push({ character: " ", style: "" });
    line[column++] = { character, style: [...style].join(" ") };
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they control terminals.
  for (const [part, codes = "", end] of sent.matchAll(/\x1b\[([\d;?]*)([A-Za-z])|./gsu)) {
    if (end === "m") style = styleAfter(style, codes);
    else if (end === "G") column = Number(codes || 1) - 1;
    else if (end === "K" || end === "J") lines.at(-1)?.splice(column);
    else if (end !== undefined) continue;
    else if (part === "\n") lines.push([]);
    else if (part === "\r") column = 0;
    else if (part === "\t") for (let left = tabWidth - (column % tabWidth); left > 0; left--) put(" ");
    else put(part);
    if (part === "\n") column = 0;
  }
  return lines.map(runsOf);
}

/** The text of a line without its styles. */
export const plainText = (line: Line): string => line.map(({ text }) => text).join("");

/** The line with its styles as a terminal reads them. */
export function ansiOf(line: Line): string {
  return line
    .map(({ text, style }) => {
      const codes = style.split(" ").flatMap((name) => ansiCodes[name] ?? []);
      return codes.length === 0 ? text : `\x1b[${codes.join(";")}m${text}\x1b[0m`;
    })
    .join("");
}

const ansiCodes: Readonly<Record<string, string>> = {
  bold: "1",
  dim: "2",
  ...Object.fromEntries(Object.entries(colours).map(([code, name]) => [name, code])),
};

function styleAfter(style: ReadonlySet<string>, codes: string): Set<string> {
  const next = new Set(style);
  for (const code of codes.split(";")) {
    const colour = colours[code];
    if (colour !== undefined || code === "39") for (const each of Object.values(colours)) next.delete(each);
    if (colour !== undefined) next.add(colour);
    else if (code === "1") next.add("bold");
    else if (code === "2") next.add("dim");
    else if (code === "22") for (const each of ["bold", "dim"]) next.delete(each);
    else if (code === "0" || code === "") next.clear();
  }
  return next;
}

function runsOf(cells: readonly Cell[]): Line {
  const runs: { text: string; style: string }[] = [];
  for (const { character, style } of cells) {
    const last = runs.at(-1);
    if (last?.style === style) last.text += character;
    else runs.push({ text: character, style });
  }
  return runs;
}
