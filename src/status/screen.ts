import { styleText } from "node:util";
import { type Health, healthLine, isDaemonFailing } from "../managed/daemon-health.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { pluralRegistries, withTilde } from "../terminal/words.ts";
import { Failure } from "../token/failure.ts";
import { printable } from "../token/printable.ts";
import { bySeverity, conditionOf, countOf, noteOf } from "./attention.ts";
import { barOf } from "./bar.ts";
import { columnsFor } from "./columns.ts";
import { emptyLines, problemsOf, renewalText, timeLeftText, unusedLines } from "./lines.ts";
import { outputLine } from "./outputs-report.ts";
import { replicationLines } from "./replication-report.ts";
import type { StatusReport } from "./report.ts";
import { secretLine } from "./secrets-report.ts";
import type { ShownToken } from "./tokens.ts";

const paints = {
  expired: "red",
  none: "red",
  refused: "red",
  expiring: "yellow",
  failing: "yellow",
  ok: "green",
} as const;

/** The terminal, and what the rendering needs. */
export interface Screen extends Terminal {
  /** The home folder, which is shown as "~". */
  readonly home: string | undefined;
}

/** The minimum number of registries on a terminal that can be scrolled, however small it is. */
const defaultFewest = 5;

/**
 * For a terminal: a row for each registry, the worst first, with its error below.
 *
 * @param rows the maximum number of lines; registries that don't fit are only counted
 * @param fewest the minimum number of registries, even if they don't fit
 */
export function statusScreen(
  report: StatusReport,
  screen: Screen,
  rows = Infinity,
  fewest = defaultFewest,
): readonly string[] {
  const head = headOf(report, screen);
  const foot = footOf(report, screen);
  const tokens = bySeverity(report.registries);
  const blocks = blocksOf(tokens, report.at, screen);
  const room = rows - head.length - foot.length;
  const shown = fitting(blocks, room, fewest);
  const rest = tokens.slice(shown);
  const more = rest.length === 0 ? [] : [`and ${rest.length} more: ${countOf(rest)}; status --all shows all`];
  return [...head, ...blocks.slice(0, shown).flat(), ...more.flatMap((line) => wrap(line, screen)), ...foot];
}

function headOf(report: StatusReport, screen: Screen): readonly string[] {
  const { daemon, configError, registries } = report;
  const lines = [
    ...wrap(healthLine(daemon), screen).map((line) => paint(healthColour(daemon), line, screen)),
    ...[...problemsOf(report), ...(configError ? [Failure.from(configError).oneLine] : [])]
      .flatMap((line) => wrap(line, screen))
      .map((line) => paint("red", line, screen)),
  ];
  if (registries.length === 0) {
    return [...lines, ...emptyLines(report).flatMap((line) => wrap(line, screen))];
  }
  return [...lines, ...wrap(`${pluralRegistries(registries.length)}: ${countOf(registries)}`, screen), ""];
}

function healthColour(daemon: Health): "red" | "green" | "dim" {
  return isDaemonFailing(daemon) ? "red" : daemon.running ? "green" : "dim";
}

/** The lines of each registry; those of the first begin with the table's head. */
function blocksOf(
  tokens: readonly ShownToken[],
  now: number,
  screen: Screen,
): readonly (readonly string[])[] {
  const columns = columnsFor(tokens, screen.width);
  const shownReasons = new Set<string>();
  return tokens.map((token, at) => {
    const condition = conditionOf(token);
    const row = columns.row(
      token,
      paint(paints[condition], barOf(token, screen), screen),
      timeLeftText(token),
      renewalText(token, now),
    );
    const head = at === 0 ? [paint("dim", columns.head, screen)] : [];
    return [...head, ...withNote(row, token, now, shownReasons, screen)];
  });
}

/** The reason without registry, account and region, which the row shows: to recognize the same failure of other registries. */
function reasonOf(note: string, { account, region }: ShownToken): string {
  const own = [account, region].filter((part) => part !== undefined);
  return own.reduce((text, part) => text.replaceAll(part, "-"), note.replace(hosts, "-"));
}

const hosts = /\b\d{12}\.dkr[.-]ecr[\w.-]*/g;

/** A failure that several registries share, such as those of one identity, is shown once; other rows only show its code. */
function withNote(
  row: string,
  token: ShownToken,
  now: number,
  shownReasons: Set<string>,
  screen: Screen,
): readonly string[] {
  const note = noteOf(token, now);
  if (note === undefined) return [row];
  const isUsable = token.secondsLeft > 0 && token.refusedAt === undefined;
  const colour = isUsable ? "yellow" : "red";
  const painted = (line: string) => paint(colour, line, screen);
  const reason = reasonOf(token.lastError ? Failure.from(token.lastError).oneLine : note, token);
  if (!shownReasons.has(reason)) {
    shownReasons.add(reason);
    return [row, ...wrap(note, screen, "  ").map(painted)];
  }
  const code = (token.lastError ?? token.notRenewed)?.code ?? "as above";
  const fits = Bun.stringWidth(row) + 2 + code.length <= screen.width;
  return fits ? [`${row}  ${painted(code)}`] : [row, painted(`  as above: ${code}`)];
}

function footOf(report: StatusReport, screen: Screen): readonly string[] {
  const { outputs, secrets, replication, at } = report;
  const written = [...outputs.map(outputLine), ...secrets.map(secretLine)];
  const lines = [...unusedLines(report), ...written, ...replicationLines(replication, at)];
  return lines.length === 0 ? [] : ["", ...lines.flatMap((line) => wrap(line, screen, "", "  "))];
}

/** The number of blocks that fit, with a line for the number of the others. */
function fitting(blocks: readonly (readonly string[])[], room: number, fewest: number): number {
  let used = 0;
  const over = blocks.findIndex((block, at) => {
    used += block.length;
    return at >= fewest && used + (at === blocks.length - 1 ? 0 : 1) > room;
  });
  return over < 0 ? blocks.length : over;
}

/** Breaks at spaces. A word that is too long exceeds the width, so that it can be copied. */
function wrap(text: string, { width, home }: Screen, indent = "", hanging = indent): readonly string[] {
  const lines = Bun.wrapAnsi(
    withTilde(printable(text), home),
    width - Math.max(indent.length, hanging.length),
  ).split("\n");
  return lines.map((line, at) => (at === 0 ? indent : hanging) + line);
}

function paint(colour: Parameters<typeof styleText>[0], text: string, screen: Screen): string {
  return screen.colour ? styleText(colour, text, { validateStream: false }) : text;
}
