import { endOfLine, endOfWord, isSpace, redacted, type Span, skip } from "./spans.ts";

/** Names of what is secret. No expression here repeats anything without a limit, so none can backtrack. */
const names =
  /authorization|cookie|x-registry-auth|x-registry-config|secret|password|passwd|passphrase|passcode|\bpwd\b|\bpass\b|token|signature|\bsig\b|credential(?!s\b)|assertion|saml|api[-_]?key|private[-_]?key|session[-_]?key|session[-_]?id|access[-_]?key(?![-_]?id)|external[-_]?id|\b_?auth(?=\\{0,7}["'=])/gi;
/** A name of the above that goes on so is an error's, and its reason follows. */
const errorNames = /exception|error|fault|denied|expired|invalid|missing|required/i;
const headers = /^(?:authorization|cookie|x-registry)/i;
const schemes = /^(?:basic|bearer|digest|negotiate|ntlm|aws4|token|apikey)/i;

/** Characters of a name that may follow the part that tells it, and of blanks around its sign. */
const furthest = 32;
/** Shorter values are words such as "is" and "no". */
const shortest = 4;

/**
 * The values of secrets by their names: NAME, ":" or "=", value, in JSON, YAML, INI, queries, headers, and NAME VALUE
 * of options. A value ends as its form has it: at the closing quote, the line's end for headers and for settings on a
 * line of their own, else at the word's end.
 */
export function* namedValues(text: string): Iterable<Span> {
  let end = 0;
  for (const { index, 0: name } of text.matchAll(names)) {
    if (index < end) continue;
    const value = startOfValue(text, index, name);
    if (value === undefined || text.startsWith(redacted, value)) continue;
    const to = endOfValue(text, value, name, index);
    if (to - value < shortest) continue;
    yield [value, to];
    end = to;
  }
}

/** Where the value begins; undefined: what follows the name is no value. */
function startOfValue(text: string, index: number, name: string): number | undefined {
  const endOfName = skip(text, index + name.length, isOfName, furthest);
  if (errorNames.test(text.slice(index + name.length, endOfName))) return undefined;
  const sign = skip(text, skip(text, endOfName, isQuoting, furthest), isSpace, furthest);
  if (text[sign] === "=" || text[sign] === ":") {
    return skip(text, skip(text, sign + 1, isAssigning, 2), isSpace, furthest);
  }
  return sign > endOfName && isOption(text, index) ? sign : undefined;
}

/** As in "=>" and "==". */
const isAssigning = (text: string, at: number) => text[at] === "=" || text[at] === ">";

function endOfValue(text: string, value: number, name: string, index: number): number {
  const opener = /^\\{0,7}["'`]/.exec(text.slice(value, value + 8))?.[0];
  if (opener !== undefined) return endOfQuoted(text, value, opener);
  if (headers.test(name)) return endOfHeader(text, value, index);
  return isSetting(text, index) ? endOfLine(text, value) : endOfWord(text, value);
}

/** Behind the closing quote, which has as many backslashes before it as the opening one; else the text's end. */
function endOfQuoted(text: string, value: number, opener: string): number {
  for (let at = value + opener.length; at < text.length; at++) {
    if (!text.startsWith(opener, at)) continue;
    if (opener.length > 1 || backslashesBefore(text, at) % 2 === 0) return at + opener.length;
  }
  return text.length;
}

function backslashesBefore(text: string, at: number): number {
  let before = 0;
  while (before < 64 && text[at - 1 - before] === "\\") before++;
  return before;
}

/** To the line's end where that is all that the line is; in a sentence the scheme and the word after it. */
function endOfHeader(text: string, value: number, index: number): number {
  const scheme = text.slice(value, value + 16);
  const isCookie = text.slice(index, index + 6).toLowerCase() === "cookie";
  if (isCookie || isHeaderLine(text, index) || /^(?:digest|aws4)/i.test(scheme))
    return endOfLine(text, value);
  const end = endOfWord(text, value);
  const isScheme = schemes.test(scheme) || end - value < 16;
  return isScheme ? endOfWord(text, skip(text, end, isSpace)) : end;
}

function isHeaderLine(text: string, index: number): boolean {
  const start = Math.max(0, index - 12);
  const before = text.slice(start, index);
  return /\n[<>*\s]{0,4}(?:proxy-|set-)?$/i.test(start === 0 ? `\n${before}` : before);
}

/** "NAME = VALUE" on a line of its own, as in an AWS file: the value is the rest of the line. */
function isSetting(text: string, index: number): boolean {
  const start = startOfName(text, index);
  const end = skip(text, index, isOfName, 2 * furthest);
  return (start === 0 || text[start - 1] === "\n") && /^ {0,8}=/.test(text.slice(end, end + 9));
}

/** Whether the name is an option's: "--password VALUE". */
function isOption(text: string, index: number): boolean {
  return text.startsWith("--", startOfName(text, index));
}

function startOfName(text: string, index: number): number {
  let at = index;
  while (at > 0 && index - at < furthest && isOfName(text, at - 1)) at--;
  return at;
}

/** ASCII letters and digits, "-" and "_". */
function isOfName(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return isLetter || (code >= 48 && code <= 57) || code === 95 || code === 45;
}

/** A name's closing quote, with its backslashes, or bracket, as in `headers["token"] = `. */
function isQuoting(text: string, at: number): boolean {
  return "\"'`\\])".includes(text.charAt(at));
}
