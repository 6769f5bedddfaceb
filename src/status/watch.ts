import type { Terminal } from "../terminal/terminal.ts";

/** Milliseconds between two looks. */
const shortestPause = 2_000;

/** With thousands of registries a look takes a second; no more than a tenth of the time goes to it. */
const pauseAfter = (took: number) => Math.max(shortestPause, 9 * took);

/** The other screen, so that what stood there comes back; no cursor. https://invisible-island.net/xterm/ctlseqs/ctlseqs.html */
const enter = "\x1b[?1049h\x1b[?25l";
const leave = "\x1b[?25h\x1b[?1049l";

/** What a watch writes to and is ended by: `process.stdout` and `process`. */
export interface Watching {
  write(text: string): void;
  on(event: "end" | "stop" | "continue" | "resize", react: () => void): void;
  /** Halts this process until it is continued. */
  halt(): void;
  terminal(): Terminal;
}

/**
 * Draws again and again, over what it drew before, until it is to end. Whatever ends it, the terminal is as it was.
 *
 * @param draw the lines to show, no more than the terminal has
 */
export async function watch(
  draw: (terminal: Terminal) => Promise<readonly string[]>,
  watching: Watching,
): Promise<void> {
  let isOver = false;
  let wake = () => {};
  const soon = () => wake();
  watching.on("end", () => {
    isOver = true;
    wake();
  });
  watching.on("resize", soon);
  watching.on("stop", () => {
    watching.write(leave);
    watching.halt();
  });
  watching.on("continue", () => {
    watching.write(enter);
    wake();
  });
  watching.write(enter);
  try {
    while (!isOver) {
      const began = performance.now();
      const terminal = watching.terminal();
      const lines = await draw(terminal);
      if (!isOver) watching.write(frameOf(lines, terminal));
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, isOver ? 0 : pauseAfter(performance.now() - began));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    watching.write(leave);
  }
}

/** Each line over the one before; a line that is too long would push the others. */
function frameOf(lines: readonly string[], { width, rows }: Terminal): string {
  const cut = lines.slice(0, rows).map((line) => `${Bun.sliceAnsi(line, 0, width)}\x1b[K`);
  return `\x1b[H${cut.join("\r\n")}\x1b[J`;
}
