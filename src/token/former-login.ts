import { entryFormat, type LoginEntry, type LogoutEntry, type Sealed } from "./entry.ts";
import { parseLoginEntry } from "./parse-entry.ts";

type Login = LoginEntry | Sealed<LoginEntry>;

const formerFormat = 1;

/** The text of a login's file, in the format of docs/token-file.md or in the JSON that came before it. */
export function parseLoginOfAnyFormat(text: string): Login | LogoutEntry | undefined {
  return parseLoginEntry(text) ?? parseFormerLogin(text);
}

function parseFormerLogin(text: string): Login | undefined {
  try {
    const { format, ...entry } = JSON.parse(text);
    const { host, username, secret, sealed, life } = entry;
    const areTexts = [host, username, secret ?? sealed].every((each) => typeof each === "string");
    const areTimes = [life.issuedAt, life.freshUntil, life.expiresAt].every(Number.isFinite);
    if (format !== formerFormat || !areTexts || !areTimes) return undefined;
    return secret === undefined ? { format, ...entry } : { ...entry, format: entryFormat };
  } catch {
    return undefined;
  }
}

/** Whether the secret of an entry was encrypted when that format was written. */
export function isFormer({ format }: { readonly format: number }): boolean {
  return format === formerFormat;
}
