import { Failure } from "../token/failure.ts";
import { cutForeign, printable } from "../token/printable.ts";
import { redact } from "../token/redact.ts";

export type ProblemCode = "CONFIG_SYNTAX" | "CONFIG_INVALID" | "CONFIG_VERSION";

/** Keys and list indices from the root of the file. */
export type KeyPath = readonly (string | number)[];

/** Something wrong in config.yaml, and where. */
export interface Problem {
  readonly code: ProblemCode;
  /** Characters before it. */
  readonly offset: number;
  readonly what: string;
  readonly fix: string;
}

/** Why a value can't stand where it does: "names no identity", and what to do. */
export interface Complaint {
  readonly path: KeyPath;
  /** Whether the key is what is wrong, not its value. */
  readonly atKey?: boolean;
  readonly what: string;
  readonly fix: string;
}

/** The first problem of the file as a failure: `PATH:LINE:COLUMN: …`. */
export function failureOf(problems: readonly Problem[], text: string, file: string): Failure | undefined {
  const [first] = sorted(problems);
  return first && toFailure(first, text, file, problems.length);
}

/** All of them, in the file's order. */
export function failuresOf(problems: readonly Problem[], text: string, file: string): readonly Failure[] {
  return sorted(problems).map((each) => toFailure(each, text, file, 1));
}

const sorted = (problems: readonly Problem[]) => [...problems].sort((a, b) => a.offset - b.offset);

/** @param count of all problems of the file */
function toFailure({ offset, code, what, fix }: Problem, text: string, file: string, count: number): Failure {
  const { line, column } = placeOf(text, offset);
  const rest =
    count === 1 ? "" : ` (the first of ${count} problems: 'docker-credential-ecr config check' lists them)`;
  return new Failure(code, `${printable(file)}:${line}:${column}: ${printable(what)}${rest}`, printable(fix));
}

/** Line and column, both from 1, as editors count them. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  // A byte order mark is no column.
  const before = text.slice(text.startsWith("\ufeff") ? 1 : 0, Math.max(0, offset));
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: before.length - start + 1 };
}

/** The lines alone, for who asks for many: a file of a thousand entries is not to be read a thousand times. */
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

/** A value of the file as an error may show it: short, on one line, without what may be a secret. */
export function quoted(value: string): string {
  const shown = redact(cutForeign(value)).replace(/\p{Cf}/gu, "");
  return JSON.stringify(shown.length > 90 ? `${shown.slice(0, 80)}…` : shown);
}
