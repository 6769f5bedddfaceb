import { readingTime, typingTime } from "./pace.ts";
import { bottomLine, coverEnd, coverOf, cursorAt, head, rowsOf, widthOf, windowOf } from "./picture.ts";
import type { Line } from "./terminal-text.ts";

/** One command of a film. */
export interface Shot {
  readonly title: string;
  readonly command: string;
  /** Whether the lines of the shot before it stay on the screen. */
  readonly continues: boolean;
  /** The output at each question and at the end, each with all output before it. */
  readonly frames: readonly (readonly Line[])[];
  /** A line below the output. */
  readonly note: string;
}

/** Of the terminal. */
const rows = 24;

/**
 * An SVG that shows the shots one after another, and begins again. Where nothing moves (the reader prefers that, or the
 * viewer can't), it shows the end of one shot.
 *
 * @param poster the index of that shot
 */
export function film(shots: readonly Shot[], description: string, poster: number): string {
  const groups: Group[] = [];
  const covers: Cover[] = [];
  let now = 0;
  let before: readonly Line[] = [];
  shots.forEach((shot, index) => {
    const { title, command, frames, note } = shot;
    const isPoster = index === poster;
    const began = now;
    const screen = [...(shot.continues ? [...before, []] : []), promptWith(command)];
    const typed = now + typingTime(command);
    groups.push({ from: now, to: typed, content: shown(screen), cover: covers.length, isPoster: false });
    covers.push({ from: now, to: typed, command, row: Math.min(screen.length, rows) - 1 });
    now = typed;
    frames.forEach((lines, at) => {
      const isLast = at === frames.length - 1;
      const all = [...screen, ...lines, ...(isLast ? [[{ text: note, style: "cyan" }]] : [])];
      const to = now + readingTime(lines.slice(frames[at - 1]?.length ?? 0));
      groups.push({ from: now, to, content: shown(all), isPoster: isPoster && isLast });
      now = to;
      before = all;
    });
    groups.push({ from: began, to: now, content: head(title, `${index + 1}/${shots.length}`), isPoster });
  });
  return render(groups, covers, now, description);
}

/** Something that is visible for a part of the film. Times in milliseconds. */
interface Group {
  readonly from: number;
  readonly to: number;
  readonly content: string;
  /** The index of its cover. */
  readonly cover?: number;
  readonly isPoster: boolean;
}

/** It hides a command while it is typed. */
interface Cover {
  readonly from: number;
  readonly to: number;
  readonly command: string;
  readonly row: number;
}

const prompt = "$ ";

/** A command as a user types it. */
export const promptWith = (command: string): Line => [
  { text: prompt, style: "green" },
  { text: command, style: "bold" },
];

/** A terminal scrolls. */
const shown = (lines: readonly Line[]): string => rowsOf(lines.slice(-rows));

function render(
  groups: readonly Group[],
  covers: readonly Cover[],
  total: number,
  description: string,
): string {
  const share = (time: number) => `${((time / total) * 100).toFixed(2)}%`;
  const rules = [
    ...groups.map(({ from, to }, index) => {
      const [start, end] = [
        from > 0 ? "0%{visibility:hidden}" : "",
        to < total ? `${share(to)}{visibility:hidden}` : "",
      ];
      return `@keyframes f${index}{${start}${share(from)}{visibility:visible}${end}}`;
    }),
    ...covers.flatMap(({ from, to, command: { length } }, index) => {
      // The command is complete for a moment before its output comes.
      const done = share(from + (to - from) * 0.8);
      const begin = `0%,${share(from)}{transform:none;animation-timing-function:steps(${length})}`;
      return [
        `@keyframes c${index}{${begin}${done},100%{transform:scaleX(0)}}`,
        `@keyframes k${index}{${begin}${done},100%{transform:translateX(${widthOf(length)}px)}}`,
      ];
    }),
    "@keyframes bar{from{transform:scaleX(0)}to{transform:none}}",
    `.f,.c,.bar{animation:${(total / 1000).toFixed(1)}s step-end infinite}`,
    ".bar{animation-name:bar;animation-timing-function:linear}",
    "@media (prefers-reduced-motion:reduce){.f,.c,.bar{animation:none}}",
  ];
  const content = groups.map(({ content, cover, isPoster }, index) => {
    const named = `class="f" style="animation-name:f${index}"${isPoster ? "" : ' visibility="hidden"'}`;
    const over = covers[cover ?? -1];
    const moving = over ? typing(over, cover ?? 0) : "";
    return `<g ${named}>${content}${moving}</g>\n`;
  });
  const bar = bottomLine(rows, 'class="bar"');
  return windowOf(rows, description, `${content.join("")}${bar}\n`, `\n${rules.join("\n")}`);
}

/** Uncovers a command as if it was typed. */
function typing({ row, command: { length } }: Cover, index: number): string {
  const from = prompt.length;
  const shrink = `style="animation-name:c${index};transform-origin:${coverEnd(from, length)}px"`;
  const cover = coverOf(row, from, length, `class="c" ${shrink}`);
  return cover + cursorAt(row, from, `class="c" style="animation-name:k${index}"`);
}
