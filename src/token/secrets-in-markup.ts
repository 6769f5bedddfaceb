import { endOfWord, isSpace, redacted, type Span, skip } from "./spans.ts";

const longestName = 80;
const longestTag = 400;
const secretName =
  /secret|token|passw|passphrase|credential(?!s)|signature|api[-_]?key|private[-_]?key|assertion/i;

/** The content of XML elements that are named after a secret. */
export function* elements(text: string): Iterable<Span> {
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at + 1)) {
    const name = /^[\w:.-]+/.exec(text.slice(at + 1, at + 1 + longestName))?.[0] ?? "";
    const tagLength = text.slice(at, at + longestTag).indexOf(">");
    if (name === "" || tagLength < 0) continue;
    const isValue =
      /value$|^string$/i.test(name) && secretName.test(text.slice(Math.max(0, at - longestName), at));
    if (!isValue && !secretName.test(text.slice(at, at + tagLength))) continue;
    const start = at + tagLength + 1;
    const close = text.indexOf(text.startsWith("<![CDATA[", start) ? "]]>" : "<", start);
    const end = close < 0 ? text.length : close;
    if (end > start && text.slice(start, end) !== redacted) yield [start, end];
    at = Math.max(at, end - 1);
  }
}

/** The word after the name of an authentication scheme, as in "Bearer ABC". */
export function* afterSchemes(text: string): Iterable<Span> {
  for (const { index, 0: name } of text.matchAll(
    /\b(?:bearer|basic|negotiate|ntlm|auth plain|auth login)(?=\s)/gi,
  )) {
    const start = skip(text, index + name.length, isSpace, longestName);
    const end = skip(text, start, isTokenCharacter, endOfWord(text, start) - start);
    const word = text.slice(start, end);
    // "Basic realm=…" is a challenge; "basic authentication" and "bearer token" are words.
    const isWord = word.startsWith("realm=") || /^[a-z]{6,16}\W?$/.test(word);
    if (word.length >= 6 && !isWord && !word.startsWith(redacted)) yield [start, end];
  }
}

const isTokenCharacter = (text: string, at: number) => !"\"',;".includes(text.charAt(at));
