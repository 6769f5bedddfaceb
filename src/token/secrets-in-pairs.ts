import { endOfQuoted, openerAt } from "./quotes.ts";
import { endOfLine, endOfWord, isSpace, type Span, skip } from "./spans.ts";

/** The number of characters before and after a value that are searched for the rest of its object. */
const furthest = 200;

const secretName =
  /secret|passw|passphrase|passcode|\bpwd\b|token|authorization|cookie|registry-auth|credential|signature|assertion|saml|(?:api|private|session|access)[-_]?key(?![-_]?id)/i;

/** A key such as "value" before its sign; "name" or "key" is in the same object, before it or after it. */
const valueKeys = /value(?=[\\"'`]{0,8}[ \t]{0,8}(?:=>|[:=]))|text(?=\\{0,7}["'][ \t]{0,8}:)/gi;

/** The values of `{"name": "password", "value": "…"}` and similar objects, in either order, in JSON, YAML, HTML and options. */
export function* pairs(text: string): Iterable<Span> {
  let end = 0;
  // Many keys may be in one word.
  let wordEnd = 0;
  for (const { index, 0: key } of text.matchAll(valueKeys)) {
    if (index < end) continue;
    const sign = skip(text, index + key.length, isBeforeSign, 24);
    const value = skip(text, skip(text, sign, isSign, 2), isSpace, 24);
    if (value >= wordEnd) wordEnd = endOfWord(text, value);
    const to = endOfValue(text, index, value) ?? wordEnd;
    if (to <= value) continue;
    const before = text.slice(Math.max(0, index - furthest), index);
    const after = upToNext(text.slice(to, to + furthest));
    // The name may have been truncated.
    const isCut =
      after === undefined &&
      to + furthest > text.length &&
      /[{<][^{}<>]{0,200}$|(?:^|\s)- {1,8}$/.test(before);
    if (
      !isCut &&
      !secretName.test(sinceLast(before)) &&
      !secretName.test(after ?? text.slice(to, to + furthest))
    )
      continue;
    yield [value, to];
    end = to;
  }
  yield* formParts(text);
}

/** @returns undefined if the value is a word */
function endOfValue(text: string, index: number, value: number): number | undefined {
  const opener = openerAt(text, value);
  if (opener !== undefined) return endOfQuoted(text, value, opener);
  // In YAML a key at the beginning of a line has the rest of the line as its value.
  const isLine = /(?:^|\n)[ \t-]{0,24}$/.test(text.slice(Math.max(0, index - 25), index));
  return isLine ? endOfLine(text, value) : undefined;
}

const isBeforeSign = (text: string, at: number) => isSpace(text, at) || "\\\"'`".includes(text.charAt(at));
const isSign = (text: string, at: number) => ":=>".includes(text.charAt(at));

/** The part of the same object before the value. */
function sinceLast(before: string): string {
  const start = Math.max(before.lastIndexOf("{"), before.lastIndexOf("<"), before.lastIndexOf("- "));
  return before.slice(start + 1);
}

/** The part of the same object after the value; undefined if the end of the object is missing. */
function upToNext(after: string): string | undefined {
  const end = after.search(/[}>]|\n\s{0,16}-/);
  return end < 0 ? undefined : after.slice(0, end);
}

/** The values of multipart forms: `name="password"`, an empty line, the value. */
function* formParts(text: string): Iterable<Span> {
  for (const { index, 0: head } of text.matchAll(/name="([\w.-]{1,80})"\r?\n\r?\n/g)) {
    const start = index + head.length;
    if (secretName.test(head)) yield [start, endOfLine(text, start)];
  }
}
