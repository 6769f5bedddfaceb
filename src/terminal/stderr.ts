import { writeSync } from "node:fs";

/**
 * Writes all of a text to stderr before it returns, so that the process can end at once. `console.error` would colour
 * it on a terminal despite NO_COLOR, TERM and --no-color. A closed or full stderr is not a failure.
 */
export function printToStderr(text: string): void {
  const bytes = Buffer.from(text);
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(2, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      // Another process has made the pipe non-blocking.
      Bun.sleepSync(1);
    }
  }
}
