import { endOfQuoted, openerAt } from "./quotes.ts";
import { endOfWord, isSpace, type Span, skip } from "./spans.ts";

/** The number of characters before an option that are searched for a program whose -p is a password. */
const lookBack = 200;
/** The most characters between an option and its value, also in an array: `-u NAME`, `-u=NAME`, `"-u", "NAME"`. */
const between = 8;

/** `-u NAME:PASSWORD` of curl and others, and `-p PASSWORD` of programs that log in. */
export function* options(text: string): Iterable<Span> {
  let end = 0;
  for (const { index, 0: option } of text.matchAll(/(?<![\w-])(?:--(?:proxy-)?user(?![\w-])|-[uUp])/g)) {
    if (index < end) continue;
    const start = skip(text, index + option.length, isBetween, between);
    const isPassword = option === "-p";
    if (isPassword && !logsIn.test(text.slice(Math.max(0, index - lookBack), index))) continue;
    const opener = openerAt(text, start - 1);
    const to = opener === undefined ? endOfWord(text, start) : endOfQuoted(text, start - 1, opener);
    const from = isPassword ? start : afterColon(text, start, to);
    if (from === undefined || to <= from) continue;
    yield [from, to];
    end = to;
  }
}

const logsIn = /\b(?:login|sshpass|mysql|mysqldump|mysqladmin|mariadb|mongo|mongosh|htpasswd|smbclient)\b/;

const isBetween = (text: string, at: number) => isSpace(text, at) || "\"'`,=\\".includes(text.charAt(at));

function afterColon(text: string, start: number, end: number): number | undefined {
  const colon = text.slice(start, Math.min(end, start + 256)).indexOf(":");
  return colon < 0 ? undefined : start + colon + 1;
}

/** `login NAME password PASSWORD`, on one line or several, as in .netrc. */
export function* netrc(text: string): Iterable<Span> {
  for (const { index, 0: name } of text.matchAll(/\b(?:password|passwd)(?=[ \t\r\n])/g)) {
    const start = skip(text, index + name.length, isSpace, between);
    const end = endOfWord(text, start);
    const before = text.slice(Math.max(0, index - lookBack), index);
    const isEntry = /\b(?:login|machine|account|default)\s/.test(before);
    const isLine =
      /(?:^|\n)[ \t]{0,8}$/.test(before.slice(-9)) && /^[ \t\r]{0,8}(?:\n|$)/.test(text.slice(end, end + 9));
    if (end > start && (isEntry || isLine)) yield [start, end];
  }
}
