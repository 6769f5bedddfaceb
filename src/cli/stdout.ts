import { writeSync } from "node:fs";
import { Failure } from "../token/failure.ts";

type Write = (bytes: Uint8Array, from: number) => number;

const toStdout: Write = (bytes, from) => writeSync(1, bytes, from);

/**
 * Prints all of it with a line end: a token that a full disk has cut is worth nothing, and the console says nothing of
 * it.
 *
 * @throws Failure STDOUT_WRITE
 */
export function printWhole(text: string, write = toStdout): void {
  const bytes = Buffer.from(`${text}\n`);
  let at = 0;
  while (at < bytes.length) {
    try {
      at += write(bytes, at);
    } catch (error) {
      const { code = "unknown error" } = error as { code?: string };
      // Who reads has enough, as head has.
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") {
        const what = `the output can't be written to stdout (${code})`;
        throw new Failure("STDOUT_WRITE", what, "see the disk that it goes to", { cause: error });
      }
      // Another process has made the pipe one that doesn't wait.
      Bun.sleepSync(1);
    }
  }
}
