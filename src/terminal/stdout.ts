import { readFileSync, writeSync } from "node:fs";
import { isClosedOutput, outputInfo } from "../store/files/fast-files.ts";
import { Failure } from "../token/failure.ts";

type Write = (bytes: Uint8Array, from: number) => number;

const toStdout: Write = (bytes, from) => {
  wasClosed ??= wasClosedAtStart();
  if (wasClosed) throw Object.assign(new Error("stdout is closed"), { code: "EBADF" });
  return writeSync(1, bytes, from);
};

let wasClosed: boolean | undefined;

function wasClosedAtStart(): boolean {
  try {
    return isClosedOutput(readFileSync(outputInfo, "utf8"));
  } catch {
    // Not Linux.
    return false;
  }
}

/**
 * Prints all of it with a line end: a token that a full disk has cut is worth nothing, and the console says nothing of
 * it.
 *
 * @throws Failure STDOUT_WRITE
 */
export function printWhole(text: string, write = toStdout): void {
  try {
    printBytes(Buffer.from(`${text}\n`), 0, write);
  } catch (error) {
    // Who reads has enough, as head has.
    if (((error as Failure).cause as { code?: unknown } | undefined)?.code !== "EPIPE") throw error;
  }
}

/** The same from a byte on, for a reader that must have all of it. @throws Failure STDOUT_WRITE */
export function printBytes(bytes: Uint8Array, from: number, write = toStdout): void {
  let at = from;
  while (at < bytes.length) {
    try {
      at += write(bytes, at);
    } catch (error) {
      const { code = "unknown error" } = error as { code?: string };
      if (code !== "EAGAIN") {
        const what = `the output can't be written to stdout (${code})`;
        throw new Failure("STDOUT_WRITE", what, fixOf(code), { cause: error });
      }
      // Another process has made the pipe one that doesn't wait.
      Bun.sleepSync(1);
    }
  }
}

function fixOf(code: string): string {
  if (code === "EBADF") return "start it with an open stdout, /dev/null for instance";
  return code === "EPIPE" ? "see what reads its output" : "see the disk that it goes to";
}
