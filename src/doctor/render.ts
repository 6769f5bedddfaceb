import { styleText } from "node:util";
import { withTilde } from "../terminal/words.ts";
import type { Entry } from "./runner.ts";

export interface RenderOptions {
  /** Columns. */
  readonly width: number;
  readonly colour: boolean;
  /** The home folder, which is shown as "~". */
  readonly home: string | undefined;
}

const statusWidth = 9;
const nameWidth = 15;
const paints = { ok: "green", failed: "red", skipped: "dim" } as const;

/** A check in the list that grows while checks run. A failure is one line here, since it is shown in full at the end. */
export function renderLine(entry: Entry, options: RenderOptions): string {
  return entry.status === "failed"
    ? headOf(entry, options) + (entry.code ?? "")
    : renderEntry(entry, options);
}

/** One diagnostic: a line, and for a failure below it the cause and the fix. */
export function renderEntry(entry: Entry, options: RenderOptions): string {
  const { status, seen, fix = "", code } = entry;
  const head = headOf(entry, options);
  // Only `seen` is shortened, not commands to copy: a shell does not expand "~" in quotes.
  const shown = withTilde(seen, options.home);
  const isNarrow = options.width < 3 * (statusWidth + nameWidth);
  if (status !== "failed" && isNarrow) {
    const below = `\n${" ".repeat(statusWidth)}`;
    return head.trimEnd() + below + wrap(shown, statusWidth, options.width);
  }
  if (status !== "failed") return head + wrap(shown, statusWidth + nameWidth, options.width);
  const under = (label: string, text: string) =>
    " ".repeat(statusWidth) + label.padEnd(6) + wrap(text, statusWidth + 6, options.width);
  return [head + (code ?? ""), under("seen", shown), under("fix", fix)].join("\n");
}

/**
 * All failures in full, with several registries below the name of each. The first failure is to be fixed first, so the
 * last ones are left out if there is not enough space.
 *
 * @param rows the maximum number of lines
 */
export function renderFailures(
  entries: readonly Entry[],
  options: RenderOptions,
  rows = Infinity,
): readonly string[] {
  const failures = entries.filter(({ status }) => status === "failed");
  const hasSeveral = new Set(entries.flatMap(({ registry }) => registry ?? [])).size > 1;
  const lines: string[] = [];
  let heading: string | undefined;
  for (const [index, entry] of failures.entries()) {
    const isOther = hasSeveral && entry.registry !== undefined && entry.registry !== heading;
    const own = [...(isOther ? [entry.registry] : []), ...renderEntry(entry, options).split("\n")];
    const isLast = index === failures.length - 1;
    if (index > 0 && lines.length + own.length + (isLast ? 0 : 1) > rows) {
      const { length } = failures.slice(index);
      lines.push(`and ${length} more, which --failed shows`);
      break;
    }
    lines.push(...own);
    heading = entry.registry;
  }
  return lines;
}

/** The last lines: the counts, and which check to fix first. */
export function renderSummary(entries: readonly Entry[], options: RenderOptions): string {
  const count = (status: Entry["status"]) => entries.filter((entry) => entry.status === status).length;
  const counts = `${count("ok")} ok, ${count("failed")} failed, ${count("skipped")} skipped`;
  const first = entries.find(({ status }) => status === "failed");
  if (!first) return paint("ok", counts, options);
  const lines = wrap(`${counts}: fix ${first.name} first, then run doctor again`, 0, options.width);
  return lines.startsWith(counts) ? paint("failed", counts, options) + lines.slice(counts.length) : lines;
}

function headOf({ status, name }: Entry, options: RenderOptions): string {
  return paint(status, status.padEnd(statusWidth), options) + name.padEnd(nameWidth);
}

function paint(status: Entry["status"], text: string, { colour }: RenderOptions): string {
  return colour ? styleText(paints[status], text, { validateStream: false }) : text;
}

/** A fix that consists of a command only. */
const command = /^(?:docker-credential-ecr|docker|chmod|export|timedatectl)(?: [^\s,;]+)+$/;

/**
 * Breaks at spaces and indents every line except the first. A word that is too long exceeds the width. The lines of a
 * command end with a backslash, so that it can be copied into a shell.
 */
function wrap(text: string, indent: number, room: number): string {
  const end = command.test(text) ? " \\" : "";
  const width = room - end.length;
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`${end}\n${" ".repeat(indent)}`);
}
