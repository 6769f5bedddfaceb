import type { Environment } from "../token/dependencies.ts";
import type { Failure } from "../token/failure.ts";
import { oneLine } from "../token/printable.ts";
import { terminalOf } from "./terminal.ts";

/** Columns before the text of a row: "  identity  ". */
const indent = 12;

/**
 * A failure for a terminal: a line with what failed, then a row each for identity, cause and fix, wrapped at words.
 *
 * @param columns of the terminal
 * @returns each line ends with a line end
 */
export function failureLines(failure: Failure, columns: number): string {
  const { message, code, fix, parts } = failure;
  const head = wrap("error: ", parts?.summary ?? message, columns, "  ");
  const last = head.at(-1) ?? "";
  const ending = `${last}  [${code}]`;
  if (Bun.stringWidth(ending) <= columns) head.splice(-1, 1, ending);
  else head.push(`  [${code}]`);
  const rows = [
    ["identity", parts?.identity],
    ["cause", parts?.reason],
    ["fix", fix],
  ] as const;
  const body = rows.flatMap(([name, text]) =>
    text === undefined ? [] : wrap(`  ${name}`.padEnd(indent), text, columns, " ".repeat(indent)),
  );
  return [...head, ...body].map((line) => `${line}\n`).join("");
}

/** A failure for stderr: several lines on a terminal; one line in a pipe, for Docker and in the journal. */
export function failureText(failure: Failure, env: Environment): string {
  const terminal = terminalOf(process.stderr, env);
  return terminal ? failureLines(failure, terminal.width) : `docker-credential-ecr: ${failure.oneLine}\n`;
}

/**
 * Lines of at most `columns`. A word that is longer than a line, such as a path, is not broken.
 *
 * @param first the beginning of the first line
 * @param hanging the beginning of the other lines
 */
function wrap(first: string, text: string, columns: number, hanging: string): string[] {
  const lines: string[] = [];
  let [line, isEmpty] = [first, true];
  for (const word of oneLine(text).split(" ")) {
    if (!isEmpty && Bun.stringWidth(`${line} ${word}`) > columns) {
      lines.push(line);
      [line, isEmpty] = [hanging, true];
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
