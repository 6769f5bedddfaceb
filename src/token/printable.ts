/** Characters of a foreign text that are read at most. */
export const longestForeign = 2048;

/**
 * The start of a text from outside, up to a word's end, so that no half of a secret remains that `redact` would not
 * know. Whatever is logged, redacted, matched or shown goes through here first.
 */
export function cutForeign(text: string, limit = longestForeign): string {
  if (text.length <= limit) return text;
  let end = limit;
  while (end > 0 && text.charCodeAt(end) > 32) end--;
  // One word that is longer than the limit has no end that could be kept.
  return `${text.slice(0, end)}…`;
}

/**
 * A text without characters that move a cursor, change the direction of reading or are invisible. Line ends stay, as
 * "\n"; any other control character becomes a blank.
 */
export function withoutControls(text: string): string {
  return text
    .replace(/\r\n|[\r\p{Zl}\p{Zp}]/gu, "\n")
    .replace(/[\p{Cf}\p{Cs}]/gu, "")
    .replace(/[^\P{Cc}\n]/gu, " ");
}

/** The same on one line. */
export function oneLine(text: string): string {
  return withoutControls(text).replace(/\s+/g, " ").trim();
}

/** One line that moves no cursor, whatever a path or a key holds. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, " ");
}
