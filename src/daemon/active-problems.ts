import { codeIn, Failure, type FailureNote } from "../token/failure.ts";
import type { Reporter } from "./log.ts";
import type { Pass } from "./pass.ts";

/** Log lines by what each is about. */
export type Lines = ReadonlyMap<string, string>;

export const noProblems: Lines = new Map();

/** Logs a problem when it begins and when it is resolved, and nothing in between. */
export class ActiveProblems {
  readonly #areas = new Map<string, Lines>();

  constructor(private readonly log: Reporter) {}

  /** @param problems all problems of `area`; those of other areas are unchanged */
  set(area: string, problems: Lines): void {
    const previous = this.of(area);
    this.#areas.set(area, problems);
    for (const [subject, line] of problems)
      if (previous.get(subject) !== line) this.log("error", line, { event: "problem_began" });
    for (const [subject, line] of previous) {
      if (!problems.has(subject)) this.log("info", `resolved: ${shortened(line)}`, { event: "problem_over" });
    }
  }

  of(area: string): Lines {
    return this.#areas.get(area) ?? noProblems;
  }
}

/** What failed, and the code. The whole line was logged when the problem began. */
function shortened(line: string): string {
  const code = codeIn(line);
  const end = code === undefined ? "" : ` [${code}]`;
  return line.slice(0, line.length - end.length).split(": ", 1)[0] + end;
}

/** The problems after a pass, except failed renewals, which `RenewalLog` logs. */
export function problemsOf({ managed, report, outputs }: Pass): Lines {
  const lines = new Map<string, string>();
  const add = (subject: string, note: FailureNote) => lines.set(subject, Failure.from(note).oneLine);
  for (const { job, failure, step } of report.failed) {
    if (step === "publish") lines.set(`${job.key} files`, failure.oneLine);
  }
  for (const { oneLine } of outputs) lines.set(oneLine, oneLine);
  for (const { oneLine } of managed.sources.flatMap(({ problems }) => problems)) lines.set(oneLine, oneLine);
  for (const one of managed.plan.unattended) add(one.managed.registry.host, one);
  return lines;
}
