import { Failure } from "../token/failure.ts";
import { cutForeign, printable } from "../token/printable.ts";
import { redact } from "../token/redact.ts";

export type ProblemCode = "CONFIG_SYNTAX" | "CONFIG_INVALID" | "CONFIG_VERSION";

/** Keys and list indices from the root of the file. */
export type KeyPath = readonly (string | number)[];

/** A problem in config.yaml, and its position. */
export interface Problem {
  readonly code: ProblemCode;
  /** The number of characters before it. */
  readonly offset: number;
  readonly what: string;
  readonly fix: string;
}

/** Why a value is not valid, and the fix. */
export interface Complaint {
  readonly path: KeyPath;
  /** Whether the key is wrong, not its value. */
  readonly atKey?: boolean;
  readonly what: string;
  readonly fix: string;
}

/** The first problem of the file as a failure: `PATH:LINE:COLUMN: …`. */
export function failureOf(problems: readonly Problem[], text: string, file: string): Failure | undefined {
  const [first] = sorted(problems);
  return first && toFailure(first, text, file, problems.length);
}

/** All problems as failures, in the order of the file. */
export function failuresOf(problems: readonly Problem[], text: string, file: string): readonly Failure[] {
  return sorted(problems).map((each) => toFailure(each, text, file, 1));
}

const sorted = (problems: readonly Problem[]) => [...problems].sort((a, b) => a.offset - b.offset);

/** @param count the number of problems in the file */
function toFailure({ offset, code, what, fix }: Problem, text: string, file: string, count: number): Failure {
  const { line, column } = lineAndColumn(text, offset);
  const rest =
    count === 1 ? "" : ` (the first of ${count} problems: 'docker-credential-ecr config check' lists them)`;
  return new Failure(code, `${printable(file)}:${line}:${column}: ${printable(what)}${rest}`, printable(fix));
}

/** Line and column, both from 1, as editors count them. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  // A byte order mark does not count as a column.
  const before = text.slice(text.startsWith("\ufeff") ? 1 : 0, Math.max(0, offset));
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: before.length - start + 1 };
}

/** Finds the lines of many offsets, without reading the text again for each. */
export function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

/** "registries[0].account" */
export function spell(path: KeyPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (/^\w+$/.test(part)) text += text === "" ? part : `.${part}`;
    else text += `[${quoted(part)}]`;
  }
  return text;
}

/** A value of the file for a message: short, on one line, without possible secrets. */
export function quoted(value: string): string {
  const shown = redact(cutForeign(value)).replace(/\p{Cf}/gu, "");
  return JSON.stringify(shown.length > 90 ? `${shown.slice(0, 80)}…` : shown);
}
