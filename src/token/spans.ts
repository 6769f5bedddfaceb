/** The text that replaces a secret. */
export const redacted = "[redacted]";

/** A part of a text to hide: the index of its first character, and the index after its last one. */
export type Span = readonly [from: number, to: number];

/** Finds secrets of one form. */
export type Finder = (text: string) => Iterable<Span>;

/** Hides everything that the finders find. Each searches the original text, so their order does not matter. */
export function hide(text: string, finders: readonly Finder[]): string {
  const spans = finders.flatMap((find) => [...find(text)]).sort(([one], [other]) => one - other);
  let clean = "";
  let end = 0;
  for (const [from, to] of spans) {
    if (to <= end) continue;
    // A span that touches the previous one is merged with it.
    if (from > end || end === 0) clean += text.slice(end, from) + redacted;
    end = to;
  }
  return clean + text.slice(end);
}

/** The first index from `at` on, within `most` characters, for which `matches` returns false. */
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
