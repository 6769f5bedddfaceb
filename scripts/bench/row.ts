import type { Measured } from "./measure.ts";

/** A line of the table. */
export interface Row {
  readonly name: string;
  /** The other program: AWS's helper, or another. */
  readonly beside: string;
  readonly ours: string;
  /** Our value divided by the other's. */
  readonly ratio?: number | undefined;
  readonly goal: string;
}

export const ms = ({ medianMs, fastestMs }: Measured): string =>
  `${medianMs.toFixed(medianMs < 10 ? 2 : 1)} ms (${fastestMs.toFixed(fastestMs < 10 ? 2 : 1)})`;

/** The text for a program that is not installed. */
export const notInstalled = "not installed (Debian: amazon-ecr-credential-helper)";

/** A row that compares two programs. */
export function compared(name: string, ours: Measured, other: Measured | undefined, goal: string): Row {
  const ratio = other && ours.medianMs / other.medianMs;
  return { name, beside: other ? ms(other) : notInstalled, ours: ms(ours), ratio, goal };
}

export function table(rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const head = ["case", "beside", "this program", "ratio", "to reach"];
  const cells = rows.map(({ name, beside, ours, ratio, goal }) => [
    ...[name, beside, ours, ratio === undefined ? "" : ratio.toFixed(ratio < 0.1 ? 3 : 2), goal],
  ]);
  return [line(head), line(head.map(() => "---")), ...cells.map(line)].join("\n");
}
