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
 * Prints a text and a line end. A token that a full disk has truncated is worthless, and the console does not report
 * it.
 *
 * @throws Failure STDOUT_WRITE
 */
export function printWhole(text: string, write = toStdout): void {
  try {
    printBytes(Buffer.from(`${text}\n`), 0, write);
  } catch (error) {
    // The reader has closed the pipe, as `head` does.
    if (((error as Failure).cause as { code?: unknown } | undefined)?.code !== "EPIPE") throw error;
  }
}

/** Prints all bytes from an index on. @throws Failure STDOUT_WRITE */
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
      // Another process has made the pipe non-blocking.
      Bun.sleepSync(1);
    }
  }
}

function fixOf(code: string): string {
  if (code === "EBADF") return "start it with an open stdout, for example /dev/null";
  return code === "EPIPE"
    ? "check the program that reads the output"
    : "check the disk that the output is written to";
}
