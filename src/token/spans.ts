/** What is shown instead of a secret. */
export const redacted = "[redacted]";

/** A part of a text that is to be hidden: from its first character to the one behind its last. */
export type Span = readonly [from: number, to: number];

/** What finds secrets of one form. */
export type Finder = (text: string) => Iterable<Span>;

/** Hides all that the finders find. Each sees the whole text as it was: none depends on what another hid. */
export function hide(text: string, finders: readonly Finder[]): string {
  const spans = finders.flatMap((find) => [...find(text)]).sort(([one], [other]) => one - other);
  let clean = "";
  let end = 0;
  for (const [from, to] of spans) {
    if (to <= end) continue;
    // What touches the span before it is one with it.
    if (from > end || end === 0) clean += text.slice(end, from) + redacted;
    end = to;
  }
  return clean + text.slice(end);
}

/** The first place from `at` on, within `most` characters, where `matches` doesn't hold. */
export function skip(
  text: string,
  at: number,
  matches: (text: string, at: number) => boolean,
  most = text.length,
): number {
  const last = Math.min(text.length, at + most);
  let place = at;
  while (place < last && matches(text, place)) place++;
  return place;
}

export function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code <= 32 || code === 0xa0 || code === 0x2028 || code === 0x2029;
}

export function endOfWord(text: string, at: number): number {
  return skip(text, at, (_, place) => !isSpace(text, place));
}

export function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

export function* wordsOf(text: string): Iterable<Span> {
  for (let at = 0; at < text.length; ) {
    const start = skip(text, at, isSpace);
    at = endOfWord(text, start);
    if (at > start) yield [start, at];
  }
}
