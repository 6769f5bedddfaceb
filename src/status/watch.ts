import type { Terminal } from "../terminal/terminal.ts";

/** Milliseconds between two updates. */
const shortestPause = 2_000;

/** With thousands of registries an update takes a second. It uses at most a tenth of the time. */
const pauseAfter = (took: number) => Math.max(shortestPause, 9 * took);

/** The alternate screen, so that the terminal's contents return; no cursor. https://invisible-island.net/xterm/ctlseqs/ctlseqs.html */
const enter = "\x1b[?1049h\x1b[?25l";
const leave = "\x1b[?25h\x1b[?1049l";

/** What a watch writes to, and the signals that it reacts to: `process.stdout` and `process`. */
export interface WatchTerminal {
  write(text: string): void;
  on(event: "end" | "stop" | "continue" | "resize", react: () => void): void;
  /** Suspends this process until it is continued. */
  suspend(): void;
  terminal(): Terminal;
}

/**
 * Updates the screen repeatedly until a signal ends it. The terminal's contents are restored, whatever ends it.
 *
 * @param render returns the lines to show, at most as many as the terminal has
 */
export async function watch(
  render: (terminal: Terminal) => Promise<readonly string[]>,
  io: WatchTerminal,
): Promise<void> {
  let hasEnded = false;
  let wake = () => {};
  const redraw = () => wake();
  io.on("end", () => {
    hasEnded = true;
    wake();
  });
  io.on("resize", redraw);
  io.on("stop", () => {
    io.write(leave);
    io.suspend();
  });
  io.on("continue", () => {
    io.write(enter);
    wake();
  });
  io.write(enter);
  try {
    while (!hasEnded) {
      const began = performance.now();
      const terminal = io.terminal();
      const lines = await render(terminal);
      if (!hasEnded) io.write(frameOf(lines, terminal));
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, hasEnded ? 0 : pauseAfter(performance.now() - began));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    io.write(leave);
  }
}

/** Writes each line over the previous one. Lines are cut to the width: a longer one would move those below. */
function frameOf(lines: readonly string[], { width, rows }: Terminal): string {
  const cut = lines.slice(0, rows).map((line) => `${Bun.sliceAnsi(line, 0, width)}\x1b[K`);
  return `\x1b[H${cut.join("\r\n")}\x1b[J`;
}
