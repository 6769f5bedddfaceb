import { redacted, type Span, wordsOf } from "./spans.ts";

/**
 * The user and password in URLs and in addresses without a scheme, as for proxies: everything up to the last "@" of the
 * word, because users write passwords that contain "@", "/", "#" or "?", and parsers disagree on where these end. An ARN
 * with an address in its session name and an image with its digest are not URLs.
 */
export function* userInfo(text: string): Iterable<Span> {
  if (!text.includes("@")) return;
  for (const [from, to] of wordsOf(text)) {
    const word = text.slice(from, to);
    const at = lastSign(word);
    const colon = word.indexOf(":");
    if (at < 0 || colon < 0 || colon > at) continue;
    if (word.includes("arn:aws") && !word.includes("://")) continue;
    const scheme = word.indexOf("://");
    const start = scheme >= 0 && scheme < at ? scheme + "://".length : startOfAddress(word, colon);
    if (word.slice(start, at) !== redacted) yield [from + start, from + at];
  }
}

/** The last "@" that doesn't begin an image's digest. */
function lastSign(word: string): number {
  const at = word.lastIndexOf("@");
  return at > 0 && /^@sha(?:256|512):/.test(word.slice(at, at + 8)) ? word.lastIndexOf("@", at - 1) : at;
}

/** The index after the name and the opening quote or bracket before the address. */
function startOfAddress(word: string, colon: number): number {
  for (let at = colon - 1; at >= 0; at--) if ("=\"'`(<[{,;".includes(word.charAt(at))) return at + 1;
  return 0;
}

/** The number of characters of an address that are searched for the end of its password. */
const longestAddress = 512;

/**
 * The user and password in URLs whose password contains spaces, as users type them into proxy variables: up to the last
 * "@" before a quote or the end of the line. A port with words after it is not a password.
 */
export function* spacedUserInfo(text: string): Iterable<Span> {
  for (let at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 1)) {
    const start = at + "://".length;
    const [rest = ""] = text.slice(start, start + longestAddress).split(/["'`<>\n\r]/, 1);
    const user = /^[^\s/?#@:]{0,128}:/.exec(rest)?.[0];
    if (user === undefined || /^\d{1,5}(?:[/?#\s]|$)/.test(rest.slice(user.length))) continue;
    const end = rest.lastIndexOf("@");
    if (end > user.length && /\s/.test(rest.slice(0, end))) yield [start, start + end];
  }
}
