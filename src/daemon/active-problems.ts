import { codeIn, Failure, type FailureNote } from "../token/failure.ts";
import type { Reporter } from "./log.ts";
import type { Pass } from "./pass.ts";

/** What each trouble is about, and the line that tells it. */
export type Lines = ReadonlyMap<string, string>;

export const none: Lines = new Map();

/** Tells a trouble when it begins and when it is over, and nothing while it lasts: one line a change. */
export class ActiveProblems {
  readonly #areas = new Map<string, Lines>();

  constructor(private readonly tell: Reporter) {}

  /** @param area whose troubles these are, all of them; those of other areas stay */
  set(area: string, found: Lines): void {
    const before = this.of(area);
    this.#areas.set(area, found);
    for (const [about, line] of found)
      if (before.get(about) !== line) this.tell("error", line, { event: "problem_began" });
    for (const [about, line] of before) {
      if (!found.has(about)) this.tell("info", `over: ${inShort(line)}`, { event: "problem_over" });
    }
  }

  of(area: string): Lines {
    return this.#areas.get(area) ?? none;
  }
}

/** What failed and the code: the whole line is further up in the log. */
function inShort(line: string): string {
  const code = codeIn(line);
  const end = code === undefined ? "" : ` [${code}]`;
  return line.slice(0, line.length - end.length).split(": ", 1)[0] + end;
}

/** What is wrong after a pass but for renewals that fail, which `RenewalLog` reports. */
export function problemsOf({ managed, report, outputs }: Pass): Lines {
  const lines = new Map<string, string>();
  const add = (about: string, note: FailureNote) => lines.set(about, Failure.from(note).oneLine);
  for (const { job, failure, step } of report.failed) {
    if (step === "publish") lines.set(`${job.key} files`, failure.oneLine);
  }
  for (const { oneLine } of outputs) lines.set(oneLine, oneLine);
  for (const { oneLine } of managed.sources.flatMap(({ problems }) => problems)) lines.set(oneLine, oneLine);
  for (const one of managed.plan.unattended) add(one.kept.registry.host, one);
  return lines;
}
