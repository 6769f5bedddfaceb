import { styleText } from "node:util";
import { withTilde } from "../terminal/words.ts";
import type { Entry } from "./runner.ts";

export interface Look {
  /** Columns. */
  readonly width: number;
  readonly colour: boolean;
  /** Is shown as "~". */
  readonly home: string | undefined;
}

const statusWidth = 9;
const nameWidth = 15;
const paints = { ok: "green", failed: "red", skipped: "dim" } as const;

/** A diagnostic in the list that grows while they run: of a failure one line, as it is shown in full at the end. */
export function renderLine(entry: Entry, look: Look): string {
  return entry.status === "failed" ? headOf(entry, look) + (entry.code ?? "") : renderEntry(entry, look);
}

/** One diagnostic: a line, and for a failure below it the cause and the fix. */
export function renderEntry(entry: Entry, look: Look): string {
  const { status, seen, fix = "", code } = entry;
  const head = headOf(entry, look);
  // Commands to copy keep the whole path: a shell leaves "~" as it is between quotes.
  const shown = withTilde(seen, look.home);
  const isNarrow = look.width < 3 * (statusWidth + nameWidth);
  if (status !== "failed" && isNarrow) {
    const below = `\n${" ".repeat(statusWidth)}`;
    return head.trimEnd() + below + wrap(shown, statusWidth, look.width);
  }
  if (status !== "failed") return head + wrap(shown, statusWidth + nameWidth, look.width);
  const under = (label: string, text: string) =>
    " ".repeat(statusWidth) + label.padEnd(6) + wrap(text, statusWidth + 6, look.width);
  return [head + (code ?? ""), under("seen", shown), under("fix", fix)].join("\n");
}

/**
 * All failures in full, those of one registry below its name where there are several registries. What comes first is to
 * be fixed first, so if there is not enough room the last ones are only named.
 *
 * @param rows lines that there is room for
 */
export function renderFailures(entries: readonly Entry[], look: Look, rows = Infinity): readonly string[] {
  const failures = entries.filter(({ status }) => status === "failed");
  const hasSeveral = new Set(entries.flatMap(({ registry }) => registry ?? [])).size > 1;
  const lines: string[] = [];
  let heading: string | undefined;
  for (const [index, entry] of failures.entries()) {
    const isOther = hasSeveral && entry.registry !== undefined && entry.registry !== heading;
    const own = [...(isOther ? [entry.registry] : []), ...renderEntry(entry, look).split("\n")];
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

/** The last lines: how it stands, and where to begin. */
export function renderSummary(entries: readonly Entry[], look: Look): string {
  const count = (status: Entry["status"]) => entries.filter((entry) => entry.status === status).length;
  const counts = `${count("ok")} ok, ${count("failed")} failed, ${count("skipped")} skipped`;
  const first = entries.find(({ status }) => status === "failed");
  if (!first) return paint("ok", counts, look);
  const lines = wrap(`${counts}: fix ${first.name} first, then run doctor again`, 0, look.width);
  return lines.startsWith(counts) ? paint("failed", counts, look) + lines.slice(counts.length) : lines;
}

function headOf({ status, name }: Entry, look: Look): string {
  return paint(status, status.padEnd(statusWidth), look) + name.padEnd(nameWidth);
}

function paint(status: Entry["status"], text: string, { colour }: Look): string {
  return colour ? styleText(paints[status], text, { validateStream: false }) : text;
}

/** A fix that consists of a command only. */
const command = /^(?:docker-credential-ecr|docker|chmod|export|timedatectl)(?: [^\s,;]+)+$/;

/**
 * Breaks at spaces; every line but the first is indented. A word that is too long sticks out. A command is broken as
 * a shell has it, so that it can be copied.
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
