import type { Line } from "./terminal-text.ts";

/** Milliseconds for typing a command. */
export const typingTime = (command: string): number => Math.min(1_400, 400 + command.length * 18);

/** Milliseconds for reading these lines. */
export const readingTime = (lines: readonly Line[]): number =>
  Math.min(6_500, 2_200 + lines.filter((line) => line.length > 0).length * 220);
