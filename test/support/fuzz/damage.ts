import type { Random } from "./random.ts";

const odd = [
  ..."{}[]\"\\:,.-+0129eE/*#'`$%&=@;~ \t\n\r\0\x1b\x7f",
  "\ufeff",
  "\u2028",
  "\u202e",
  "\u0085",
  "ſ",
  "\u212a",
  "é",
  "😀",
  "null",
  "true",
  "//",
  "\r\n",
  "\\u0000",
  "%00",
  "..",
];

/** A text with a few pieces taken out, put in, doubled or exchanged. */
export function damaged(random: Random, text: string, pieces: readonly string[] = odd): string {
  let result = text;
  for (let left = 1 + random.below(4); left > 0; left--) result = damagedOnce(random, result, pieces);
  return result;
}

function damagedOnce(random: Random, text: string, pieces: readonly string[]): string {
  const at = random.below(text.length + 1);
  const end = Math.min(text.length, at + 1 + random.below(random.chance(0.2) ? 40 : 3));
  switch (random.below(6)) {
    case 0:
      return text.slice(0, at) + text.slice(end);
    case 1:
      return text.slice(0, at) + random.pick(pieces) + text.slice(at);
    case 2:
      return text.slice(0, at) + random.pick(pieces) + text.slice(end);
    case 3:
      return text.slice(0, end) + text.slice(at);
    case 4:
      return text.slice(0, at);
    default: {
      const from = random.below(text.length + 1);
      return text.slice(0, at) + text.slice(from, from + random.below(60)) + text.slice(at);
    }
  }
}
