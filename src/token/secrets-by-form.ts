import { type Finder, hide, type Span, wordsOf } from "./spans.ts";

/** Secrets that are recognised by their form: JWTs, access key IDs after their prefix, long base64. */
export function* secretForms(text: string): Iterable<Span> {
  for (const { index, 0: run } of text.matchAll(/\beyJ[\w.-]{12,}/g)) yield [index, index + run.length];
  for (const { index, 0: run } of text.matchAll(/\bA[KS]IA[A-Z0-9]{12,}/g)) {
    yield [index + 4, index + run.length];
  }
  for (const { index, 0: run } of text.matchAll(/[A-Za-z0-9+/_=%-]{100,}/g)) {
    yield [index, index + run.length];
  }
  for (const { index, 0: run } of text.matchAll(/[A-Za-z0-9+/]{36,}={0,2}/g)) {
    if (isRandom(run)) yield [index, endOfLines(text, index + run.length)];
  }
}

/** Base64 in lines ends with a short line, which would not be recognised alone. */
function endOfLines(text: string, end: number): number {
  const last = /^\r?\n[A-Za-z0-9+/]{1,76}={0,2}(?=[\s"']|$)/.exec(text.slice(end, end + 90))?.[0];
  return end + (last?.length ?? 0);
}

/**
 * Whether a run of base64 characters is random and not a path or name: it has all kinds of characters, or changes between
 * them more often than words do, since one key in a thousand has no digit.
 */
function isRandom(run: string): boolean {
  if (/[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run)) return true;
  let changes = 0;
  for (let at = 1; at < run.length; at++) if (kindOf(run, at) !== kindOf(run, at - 1)) changes++;
  return changes > run.length / 3;
}

function kindOf(run: string, at: number): number {
  const code = run.charCodeAt(at);
  return code >= 97 ? 0 : code >= 65 ? 1 : code >= 48 ? 2 : 3;
}

/** Layers of percent-encoding that are decoded: a URL in a URL in a URL. */
const layers = 3;

/**
 * Percent-encoded words, such as a URL in the query of another, that contain a secret when decoded. Hidden from the first
 * percent sign on.
 */
export function percentEncoded(finders: readonly Finder[]): Finder {
  return function* (text) {
    if (!text.includes("%")) return;
    for (const [from, to] of wordsOf(text)) {
      let plain = text.slice(from, to);
      const start = plain.indexOf("%");
      if (start < 0) continue;
      for (let layer = 0; layer < layers && plain.includes("%"); layer++) {
        plain = decodePercent(plain);
        if (hide(plain, finders) === plain) continue;
        yield [from + start, to];
        break;
      }
    }
  };
}

/** Decodes escapes of visible ASCII characters; others stay. */
function decodePercent(text: string): string {
  return text.replace(/%([2-7][0-9a-f])/gi, (sequence, hex) => {
    const code = Number.parseInt(hex, 16);
    return code === 127 ? sequence : String.fromCharCode(code);
  });
}

/** Base64 of a printable text that is a login, as in Docker's `auth`, or contains a secret. */
export function base64(finders: readonly Finder[]): Finder {
  return function* (text) {
    for (const { index, 0: run } of text.matchAll(/[A-Za-z0-9+/_-]{12,}={0,2}/g)) {
      const decoded = decodeBase64(run);
      if (decoded === undefined) continue;
      const isLogin = /^\0|^[^\s:]{1,256}:/.test(decoded) || decoded.includes("@");
      if (isLogin || hide(decoded, finders) !== decoded) yield [index, index + run.length];
    }
  };
}

/** Undefined if it is not base64 of a printable text. */
function decodeBase64(run: string): string | undefined {
  try {
    const text = atob(run.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, ""));
    return /^[\0\x20-\x7e\r\n\t]+$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
