import { entryFormat, type LoginEntry, type LogoutEntry, type Sealed } from "./entry.ts";
import { parseLoginEntry } from "./parse-entry.ts";

type Login = LoginEntry | Sealed<LoginEntry>;

const previousFormat = 1;

/** Parses a login file in the format of docs/token-file.md or in the previous one, which is JSON. */
export function parseLoginOfAnyFormat(text: string): Login | LogoutEntry | undefined {
  return parseLoginEntry(text) ?? parsePreviousLogin(text);
}

function parsePreviousLogin(text: string): Login | undefined {
  try {
    const { format, ...entry } = JSON.parse(text);
    const { host, username, secret, sealed, life } = entry;
    const areTexts = [host, username, secret ?? sealed].every((each) => typeof each === "string");
    const areTimes = [life.issuedAt, life.freshUntil, life.expiresAt].every(Number.isFinite);
    if (format !== previousFormat || !areTexts || !areTimes) return undefined;
    return secret === undefined ? { format, ...entry } : { ...entry, format: entryFormat };
  } catch {
    return undefined;
  }
}

/** Whether an entry was encrypted in the previous format, which its authentication covers. */
export function hasPreviousFormat({ format }: { readonly format: number }): boolean {
  return format === previousFormat;
}
