import { styleText } from "node:util";
import { healthLine, isDaemonFailing } from "../managed/daemon-health.ts";
import { noRegistriesMessage } from "../managed/registry-rows.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { pluralRegistries, withTilde } from "../terminal/words.ts";
import { Failure } from "../token/failure.ts";
import { printable } from "../token/printable.ts";
import { bySeverity, conditionOf, countOf, noteOf } from "./attention.ts";
import { barOf } from "./bar.ts";
import { columnsFor } from "./columns.ts";
import { leftInWords, problemsOf, renewalInWords, unusedLines } from "./lines.ts";
import { outputLine } from "./outputs-report.ts";
import { replicationLines } from "./replication-report.ts";
import type { StatusReport } from "./report.ts";
import type { ShownToken } from "./tokens.ts";

const paints = { expired: "red", none: "red", expiring: "yellow", failing: "yellow", ok: "green" } as const;

/** Where it is shown. */
export interface Screen extends Terminal {
  /** Is shown as "~". */
  readonly home: string | undefined;
}

/** However small the terminal is, so many registries are shown where the screen can be scrolled. */
const usualFewest = 5;

/**
 * For a terminal: a row a registry, what needs somebody first, and what there is to tell of it below.
 *
 * @param rows lines that the whole may have; those registries that don't fit are counted
 * @param fewest so many are shown all the same
 */
export function statusScreen(
  report: StatusReport,
  screen: Screen,
  rows = Infinity,
  fewest = usualFewest,
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
    paint(isDaemonFailing(daemon) ? "red" : daemon.running ? "green" : "dim", healthLine(daemon), screen),
    ...[...problemsOf(report), ...(configError ? [Failure.from(configError).oneLine] : [])]
      .flatMap((line) => wrap(line, screen))
      .map((line) => paint("red", line, screen)),
  ];
  if (registries.length === 0) {
    return [...lines, ...(report.waiting.length === 0 ? wrap(noRegistriesMessage, screen) : [])];
  }
  return [...lines, ...wrap(`${pluralRegistries(registries.length)}: ${countOf(registries)}`, screen), ""];
}

/** The lines of each registry; with the first those of the table's head. */
function blocksOf(
  tokens: readonly ShownToken[],
  now: number,
  screen: Screen,
): readonly (readonly string[])[] {
  const columns = columnsFor(tokens, screen.width);
  const told = new Set<string>();
  return tokens.map((token, at) => {
    const condition = conditionOf(token);
    const row = columns.row(
      token,
      paint(paints[condition], barOf(token, screen), screen),
      leftInWords(token),
      renewalInWords(token, now),
    );
    const head = at === 0 ? [paint("dim", columns.head, screen)] : [];
    return [...head, ...withNote(row, token, now, told, screen)];
  });
}

/** A reason is the same wherever it differs in the registry alone, which the row names. */
function reasonOf(note: string, { account, region }: ShownToken): string {
  const own = [account, region].filter((part) => part !== undefined);
  return own.reduce((text, part) => text.replaceAll(part, "-"), note.replace(hosts, "-"));
}

const hosts = /\b\d{12}\.dkr[.-]ecr[\w.-]*/g;

/** A failure that many share, as those of one identity do, is told once; after that its code stands for it. */
function withNote(
  row: string,
  token: ShownToken,
  now: number,
  told: Set<string>,
  screen: Screen,
): readonly string[] {
  const note = noteOf(token, now);
  if (note === undefined) return [row];
  const colour = token.secondsLeft > 0 ? "yellow" : "red";
  const painted = (line: string) => paint(colour, line, screen);
  const reason = reasonOf(token.lastError ? Failure.from(token.lastError).oneLine : note, token);
  if (!told.has(reason)) {
    told.add(reason);
    return [row, ...wrap(note, screen, "  ").map(painted)];
  }
  const code = (token.lastError ?? token.notRenewed)?.code ?? "as above";
  const fits = Bun.stringWidth(row) + 2 + code.length <= screen.width;
  return fits ? [`${row}  ${painted(code)}`] : [row, painted(`  as above: ${code}`)];
}

function footOf(report: StatusReport, screen: Screen): readonly string[] {
  const { outputs, replication, at } = report;
  const lines = [...unusedLines(report), ...outputs.map(outputLine), ...replicationLines(replication, at)];
  return lines.length === 0 ? [] : ["", ...lines.flatMap((line) => wrap(line, screen, "", "  "))];
}

/** How many blocks have room, with a line for what is left over. */
function fitting(blocks: readonly (readonly string[])[], room: number, fewest: number): number {
  let used = 0;
  const over = blocks.findIndex((block, at) => {
    used += block.length;
    return at >= fewest && used + (at === blocks.length - 1 ? 0 : 1) > room;
  });
  return over < 0 ? blocks.length : over;
}

/** Breaks at spaces; a word that is too long to fit sticks out, so that it can be copied whole. */
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
