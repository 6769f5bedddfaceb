import type { Environment } from "../token/dependencies.ts";
import type { Failure } from "../token/failure.ts";
import { oneLine } from "../token/printable.ts";
import { terminalOf } from "./terminal.ts";

/** Columns before the text of a row: "  identity  ". */
const indent = 12;

/**
 * A failure as a terminal shows it: a line that says what failed, then a row each for identity, cause and fix, wrapped
 * at words.
 *
 * @param columns of the terminal
 * @returns lines that each end with a line end
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

/** What stderr shows of a failure: on a terminal several lines; in a pipe, for Docker and in the journal one. */
export function failureText(failure: Failure, env: Environment): string {
  const terminal = terminalOf(process.stderr, env);
  return terminal ? failureLines(failure, terminal.width) : `docker-credential-ecr: ${failure.oneLine}\n`;
}

/**
 * Lines of at most `columns`. A word that is longer than a line, such as a path, is not broken.
 *
 * @param first what the first line begins with
 * @param hanging what the others begin with
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
