import { type Line, plainText, type Run } from "./terminal-text.ts";

/** SVG pictures of terminals. They contain no script and load nothing, so that a README can show them. */

/** The columns of the terminal. */
export const columns = 80;

const cell = { width: 8.4, height: 19 };
const margin = 22;
const titleHeight = 42;
const width = Math.round(columns * cell.width + 2 * margin);

/** Colours that are readable on their own dark background, whatever the page's is. */
const style = `text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#d1d9e0;white-space:pre}
.t{font:600 15px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;fill:#f0f6fc}
.p{font-size:12px;fill:#9198a1;text-anchor:end}
.bold{font-weight:700;fill:#f0f6fc}.dim{fill:#9198a1}.red{fill:#ff7b72}.green{fill:#56d364}.yellow{fill:#e3b341}.cyan{fill:#79c0ff}.empty{fill:#3d444d}`;

const heightOf = (rows: number): number => titleHeight + rows * cell.height + 24;

/** A picture of one screen. */
export function still(title: string, lines: readonly Line[]): string {
  const description = [title, ...lines.map(plainText)].join("\n");
  return windowOf(lines.length, description, `${head(title)}\n${rowsOf(lines)}`);
}

/** A window with content. @param description for readers who can't see it */
export function windowOf(rows: number, description: string, content: string, moreStyle = ""): string {
  const height = heightOf(rows);
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map(
    (colour, index) => `<circle cx="${margin + 2 + index * 18}" cy="21" r="5.5" fill="${colour}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(description)}</title>
<style>${style}${moreStyle}</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="9.5" fill="#0d1117" stroke="#3d444d"/>
<path d="M1 ${titleHeight}V10a9 9 0 0 1 9-9H${width - 10}a9 9 0 0 1 9 9V${titleHeight}z" fill="#1c232c"/>
${dots.join("")}
${content}</svg>
`;
}

/** The title of a window. @param place for example "2/7" */
export function head(title: string, place = ""): string {
  return `<text class="t" x="${margin + 62}" y="26">${escaped(title)}</text><text class="p" x="${width - margin}" y="26">${place}</text>`;
}

/** @param from the row of the first line */
export const rowsOf = (lines: readonly Line[], from = 0): string =>
  lines.map((line, index) => lineOf(line, from + index)).join("");

/** Hides characters of a row, from a column on. */
export function coverOf(row: number, column: number, characters: number, attributes: string): string {
  const shape = rectangle(xOf(column), yOf(row) - 15, widthOf(characters) + 2, 20);
  return `<path ${attributes} d="${shape}" fill="#0d1117"/>`;
}

export function cursorAt(row: number, column: number, attributes: string): string {
  return `<path ${attributes} d="${rectangle(xOf(column), yOf(row) - 14, 8, 17)}" fill="#9198a1"/>`;
}

/** The right edge of what `coverOf` covers. */
export const coverEnd = (column: number, characters: number): number => xOf(column) + widthOf(characters) + 2;

const rectangle = (x: number, y: number, width: number, height: number): string =>
  `M${x} ${y}h${width}v${height}H${x}z`;

/** The width of a text. */
export const widthOf = (characters: number): number => Math.round(characters * cell.width);

/** A thin line along the bottom. */
export function bottomLine(rows: number, attributes: string): string {
  return `<path ${attributes} d="${rectangle(10, heightOf(rows) - 3, width - 20, 2)}" fill="#316dca"/>`;
}

function lineOf(line: Line, row: number): string {
  let column = 0;
  const blocks: string[] = [];
  const spans: string[] = [];
  for (const { text, style } of line.flatMap(parts)) {
    // A viewer may remove spaces at the beginning or the end of a text.
    const x = xOf(column + text.search(/\S|$/));
    column += text.length;
    const named = style === "" ? "" : ` class="${style}"`;
    // Fonts draw block characters with gaps.
    if (/^[█░]/.test(text))
      blocks.push(`<path${named} d="${rectangle(x, yOf(row) - 10, widthOf(text.length), 11)}"/>`);
    else if (text.trim() !== "") spans.push(`<tspan x="${x}"${named}>${escaped(text.trim())}</tspan>`);
  }
  if (spans.length === 0) return blocks.join("");
  return `${blocks.join("")}<text y="${yOf(row)}">${spans.join("")}</text>\n`;
}

/** Splits a run where a column of a table may begin, so that columns stay aligned in fonts of any width. */
function parts({ text, style }: Run): readonly Run[] {
  const pieces = text.match(/█+|░+| {2,}|(?:[^█░ ]| (?! ))+/g) ?? [];
  return pieces.map((piece) => ({ text: piece, style: piece.startsWith("░") ? "empty" : style }));
}

const xOf = (column: number): number => Math.round((margin + column * cell.width) * 10) / 10;
const yOf = (row: number): number => titleHeight + 26 + row * cell.height;

const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
