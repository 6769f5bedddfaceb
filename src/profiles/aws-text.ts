import { readBounded } from "../limits/bounded-file.ts";
import { Failure } from "../token/failure.ts";
import { parseConfig } from "./config-index.ts";
import { ConfigSyntaxError, type Sections } from "./config-syntax.ts";

/** Bytes; enough for tens of thousands of profiles. */
const largestFile = 4 * 1024 * 1024;

/**
 * The text of an AWS file; without `text` if there is none that this user can read.
 *
 * @throws Failure AWS_FILE_INVALID
 */
export async function readText(
  path: string,
): Promise<{ readonly text?: string; readonly unreadable?: string }> {
  const file = await readBounded(path, largestFile);
  switch (file.kind) {
    case "absent":
      return {};
    case "unreadable":
      return { unreadable: `${path} ${file.why}` };
    case "too-large":
      throw invalid(path, undefined, `it is larger than ${largestFile / 1024 / 1024} MiB`);
    case "bytes":
      return { text: decode(path, file.bytes) };
  }
}

/** @throws Failure AWS_FILE_INVALID */
export function parseText(path: string, text: string): Sections {
  const nul = text.indexOf("\0");
  if (nul >= 0)
    throw invalid(path, lineAt(text, nul), "it contains a NUL byte, so it is not text, or it is UTF-16");
  try {
    return parseConfig(text);
  } catch (error) {
    if (error instanceof ConfigSyntaxError) throw invalid(path, error.line, error.message);
    throw error;
  }
}

function decode(path: string, bytes: Uint8Array): string {
  const [first, second, third] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isUtf16) throw invalid(path, 1, "it is UTF-16, not UTF-8");
  if (first === 0xef && second === 0xbb && third === 0xbf) {
    throw invalid(path, 1, "it begins with a byte order mark, which the AWS CLI doesn't accept either");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const text = new TextDecoder("utf-8").decode(bytes);
    throw invalid(path, lineAt(text, text.indexOf("\ufffd")), "it is not UTF-8");
  }
}

function lineAt(text: string, at: number): number {
  return text.slice(0, Math.max(0, at)).split(/\r\n?|\n/).length;
}

function invalid(path: string, line: number | undefined, why: string): Failure {
  const where = line === undefined ? path : `${path}:${line}`;
  return new Failure(
    "AWS_FILE_INVALID",
    `the AWS file ${where} can't be parsed: ${why}`,
    "correct it (UTF-8 text with [sections] and NAME = VALUE lines), or name another one in " +
      "AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE",
  );
}
