import { endOfQuoted, openerAt } from "./quotes.ts";
import { endOfLine, endOfWord, isSpace, redacted, type Span, skip } from "./spans.ts";

/** Names of secrets. No expression here has an unlimited repetition, so none can backtrack for long. */
const names =
  /authorization|cookie|x-registry-auth|x-registry-config|secret|password|passwd|passphrase|passcode|\bpwd\b|\bpass\b|token|signature|\bsig\b|credential(?!s\b)|assertion|saml|api[-_]?key|private[-_]?key|session[-_]?key|session[-_]?id|access[-_]?key(?![-_]?id)|external[-_]?id|\b_?auth(?=\\{0,7}["'=])/gi;
/** A name that continues like this names an error; the text after it is the reason. */
const errorNames = /exception|error|fault|denied|expired|invalid|missing|required/i;
const headers = /^(?:authorization|cookie|x-registry)/i;
const schemes = /^(?:basic|bearer|digest|negotiate|ntlm|aws4|token|apikey)/i;

/** The most characters of a name after its recognised part, and of spaces around its sign. */
const furthest = 32;
/** Shorter values are words such as "is" and "no". */
const shortest = 4;

/**
 * Values that follow the name of a secret: NAME, ":" or "=", value, in JSON, YAML, INI, queries and headers, and NAME VALUE
 * in options. A value ends at its closing quote, at the end of the line for headers and for settings on a line of their
 * own, else at the end of the word.
 */
export function* namedValues(text: string): Iterable<Span> {
  let end = 0;
  for (const { index, 0: name } of text.matchAll(names)) {
    const value = startOfValue(text, index, name);
    if (value === undefined || text.startsWith(redacted, value)) continue;
    // Inside a value another one begins only if it is a block that continues after it.
    if (index < end && value + (startOfBlock(text, value)?.length ?? 0) <= end) continue;
    const to = endOfValue(text, value, name, index);
    if (to - value < shortest) continue;
    yield [value, to];
    end = to;
  }
}

/** The index of the value; undefined if no value follows the name. */
function startOfValue(text: string, index: number, name: string): number | undefined {
  const endOfName = skip(text, index + name.length, isNameCharacter, furthest);
  if (errorNames.test(text.slice(index + name.length, endOfName))) return undefined;
  const quoted = endOfQuoting(text, endOfName);
  const sign = skip(text, quoted, isSpace, furthest);
  if (text[sign] === "=" || text[sign] === ":") {
    return skip(text, skip(text, sign + 1, isAssigning, 2), isSpace, furthest);
  }
  // As in ["Authorization", "Basic …"]: headers, tuples and arguments in arrays.
  if (text[sign] === "," && quoted > endOfName) {
    const next = skip(text, sign + 1, isSpace, furthest);
    return openerAt(text, next) === undefined ? undefined : next;
  }
  if (sign === endOfName || text.slice(endOfName - 6, endOfName) === "-stdin") return undefined;
  return isOption(text, index) || isSet(text, index) ? sign : undefined;
}

/** The index after the name's closing quote, bracket or tag, as in `headers["token"] = `. */
function endOfQuoting(text: string, at: number): number {
  const entity = /^(?:&(?:quot|apos|#3[49]);|\\{1,7}u002[27])/.exec(text.slice(at, at + 16))?.[0] ?? "";
  return skip(text, at + entity.length, isNameEnd, furthest);
}

/** As in "=>" and "==". */
const isAssigning = (text: string, at: number) => text[at] === "=" || text[at] === ">";

function endOfValue(text: string, value: number, name: string, index: number): number {
  const opener = openerAt(text, value);
  if (opener !== undefined) return endOfQuoted(text, value, opener);
  if ("{[(".includes(text.charAt(value))) return endOfBrackets(text, value);
  const block = startOfBlock(text, value);
  if (block !== undefined) return endOfBlock(text, value + block.length);
  if (headers.test(name)) return endOfHeader(text, value, index);
  return isSetting(text, index) ? endOfLine(text, value) : endOfWord(text, value);
}

/** As in `password: |` and `password = <<EOF`: the value is in the following lines. */
const blockStart = /^(?:[|>][+-]?\d?|<<[-~]?["']?\w{1,20}["']?)[ \t]{0,4}\r?\n/;

function startOfBlock(text: string, value: number): string | undefined {
  return blockStart.exec(text.slice(value, value + furthest))?.[0];
}

/** The end of the first line and the indented lines after it; in a here-document, of all lines up to an empty one. */
function endOfBlock(text: string, start: number): number {
  let at = endOfLine(text, start);
  while (isSpace(text, at + 1) && text[at + 1] !== "\n" && at < text.length) at = endOfLine(text, at + 1);
  return at;
}

/** The index after the bracket that closes the first one, ignoring quoted text; else the end of the text. */
function endOfBrackets(text: string, value: number): number {
  let depth = 0;
  let quote = "";
  for (let at = value; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\\") at += 1;
    else if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === '"' || character === "'") quote = character;
    else if ("{[(".includes(character)) depth += 1;
    else if ("}])".includes(character) && --depth === 0) return at + 1;
  }
  return text.length;
}

/** The end of the line if the line is only the header; in a sentence, the end of the word after the scheme. */
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
  const end = skip(text, index, isNameCharacter, 2 * furthest);
  return (start === 0 || text[start - 1] === "\n") && /^ {0,8}=/.test(text.slice(end, end + 9));
}

/** Whether the name is that of an option: "--password VALUE", "-Password VALUE". */
function isOption(text: string, index: number): boolean {
  return text[startOfName(text, index)] === "-";
}

/** Whether a command or a Dockerfile sets the name: "aws configure set NAME VALUE", "ENV NAME VALUE". */
function isSet(text: string, index: number): boolean {
  const start = startOfName(text, index);
  return /\b(?:set|setx|setenv|ENV|ARG)[ \t][^\s]{0,40}$/.test(text.slice(Math.max(0, start - 48), start));
}

function startOfName(text: string, index: number): number {
  let at = index;
  while (at > 0 && index - at < furthest && isNameCharacter(text, at - 1)) at--;
  return at;
}

/** ASCII letters and digits, "-" and "_". */
function isNameCharacter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return isLetter || (code >= 48 && code <= 57) || code === 95 || code === 45;
}

/** A name's closing quote, with its backslashes, or bracket, as in `headers["token"] = `. */
function isNameEnd(text: string, at: number): boolean {
  return "\"'`\\])".includes(text.charAt(at));
}
