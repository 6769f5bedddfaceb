/** The number of characters that are used of a text from outside. */
export const longestForeign = 2048;

/**
 * The beginning of a text from outside, up to the end of a word: `redact` would not recognise a truncated secret. Every
 * text is cut here before it is logged, redacted, matched or shown.
 */
export function cutForeign(text: string, limit = longestForeign): string {
  if (text.length <= limit) return text;
  let end = limit;
  while (end > 0 && text.charCodeAt(end) > 32) end--;
  // A word that is longer than the limit is dropped.
  return `${text.slice(0, end)}…`;
}

/**
 * A text without characters that move the cursor, change the text direction or are invisible. Line ends become "\n", any
 * other control character a space.
 */
export function withoutControls(text: string): string {
  return text
    .replace(/\r\n|[\r\p{Zl}\p{Zp}]/gu, "\n")
    .replace(/[\p{Cf}\p{Cs}]/gu, "")
    .replace(/[^\P{Cc}\n]/gu, " ");
}

/** The same as one line, with single spaces. */
export function oneLine(text: string): string {
  return withoutControls(text).replace(/\s+/g, " ").trim();
}

/** A path or key as one line that can't move the cursor. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, " ");
}
