import { endOfQuoted, openerAt } from "./quotes.ts";
import { endOfWord, redacted, type Span, skip } from "./spans.ts";

/** "secret" alone is not one of these: Kubernetes has objects of that name. */
const names =
  /(?:password|passwd|passphrase|passcode|token|signature|api[ _-]?key|secret(?:[ _-]access)?[ _-]key|private[ _-]key|external[ _-]id|\bbearer)(?![\w-])/gi;
/** The text between a name and its value. */
const between = /^["'`)\]]{0,2}[ \t]{0,4}[:=]?[ \t]{1,4}(?:(?:is|was|of)[ \t]{1,4})?/;
/** Names of variables, words without digits, regions: no secrets. */
const harmless = /^(?:[A-Z_]+|[a-z]{2}(?:-[a-z]+){1,2}-\d{1,2})$/;
const shortest = 8;

/**
 * The value after the name of a secret in a sentence: "password X is wrong", "invalid token 'X'". Without quotes only a
 * word with letters and digits is a value, and a path, a host name and an ARN are not.
 */
export function* prose(text: string): Iterable<Span> {
  for (const { index, 0: name } of text.matchAll(names)) {
    const end = index + name.length;
    const gap = between.exec(text.slice(end, end + 24))?.[0];
    if (gap === undefined) continue;
    const start = end + gap.length;
    const opener = openerAt(text, start);
    if (opener !== undefined) {
      const to = endOfQuoted(text, start, opener);
      if (!harmless.test(text.slice(start, to).replace(/^\W+|\W+$/g, ""))) yield [start, to];
      continue;
    }
    const from = text[start] === "<" ? start + 1 : start;
    const to = skip(text, from, isValueCharacter, endOfWord(text, from) - from);
    const word = text.slice(from, to);
    const isWord = to < text.length && "./:@\\".includes(text.charAt(to)) && /\S/.test(text.charAt(to + 1));
    // Text before another secret was already checked.
    const isLeft = isWord || text.startsWith(redacted, to);
    if (word.length < shortest || isLeft || harmless.test(word)) continue;
    if (/\d/.test(word) && /[a-z]/i.test(word)) yield [from, to];
  }
}

function isValueCharacter(text: string, at: number): boolean {
  return !"./:@\\,;<>\"'`()[]{}".includes(text.charAt(at));
}

/** Private keys in PEM format, up to their last line or the end of the text. */
export function* privateKeys(text: string): Iterable<Span> {
  let last = 0;
  for (const { index, 0: line } of text.matchAll(/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----/g)) {
    if (index < last) continue;
    const start = index + line.length;
    const end = text.indexOf("-----END", start);
    last = end < 0 ? text.length : end;
    yield [start, last];
  }
}

/** Access tokens of Docker Hub, GitHub, GitLab, Slack and Vault, which have a prefix. */
export function* prefixedTokens(text: string): Iterable<Span> {
  for (const { index, 0: token, 1: prefix = "" } of text.matchAll(
    /\b(dckr_[a-z]{3}_|gh[a-z]_|github_pat_|glpat-|xox[a-z]-|hvs\.)[\w-]{12,}/g,
  ))
    yield [index + prefix.length, index + token.length];
}
