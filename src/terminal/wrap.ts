import { terminalOf } from "./terminal.ts";

/**
 * Breaks the long lines of a text at words for a terminal and indents the continuation lines. Without a terminal it
 * returns the text unchanged, since scripts split it by lines.
 *
 * @param columns of the terminal; undefined if there is none
 */
export function wrapped(text: string, columns = terminalColumns()): string {
  if (columns === undefined) return text;
  return text
    .split("\n")
    .map((line) => (line.length <= columns ? line : wrapLine(line, columns)))
    .join("\n");
}

function terminalColumns(): number | undefined {
  return terminalOf(process.stdout, process.env)?.width;
}

function wrapLine(text: string, columns: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line.trim() !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = `  ${word}`;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}
