import { cutForeign } from "../../token/printable.ts";
import { redact } from "../../token/redact.ts";
import { isField, keyOf } from "../json/go-fields.ts";
import { parseJson } from "../json/syntax.ts";
import { isBlank } from "../json/text.ts";

/**
 * Masks all strings of Docker's config.json except the names of helpers, because logins, headers and proxies contain
 * secrets. In a property name it masks only what looks like a secret, such as the password in
 * "https://user:password@host".
 */
export function withoutSecrets(text: string): string {
  if (isBlank(text)) return text;
  const { root, problem, rest = text.length } = parseJson(text);
  if (!root) return `${text.length} characters that are not JSON: ${problem}`;
  const helpers = root.children.filter((each) => helperFields.some((field) => isField(keyOf(each), field)));
  let next = 0;
  const isHelper = (at: number) => {
    for (; ; next++) {
      const { offset = Number.POSITIVE_INFINITY, length = 0 } = helpers[next] ?? {};
      if (at < offset + length) return offset <= at;
    }
  };
  let shown = "";
  let done = 0;
  for (const [from, to] of stringsIn(text.slice(0, rest))) {
    if (/^[ \t\r\n]*:/.test(text.slice(to, to + 100))) {
      const name = text.slice(from, to);
      const clean = plainName.test(name) ? name : maskedName(name);
      if (clean === name) continue;
      shown += text.slice(done, from) + clean;
      done = to;
      continue;
    }
    if (isHelper(from) && isHelperName(text.slice(from + 1, to - 1))) continue;
    shown += `${text.slice(done, from)}"…"`;
    done = to;
  }
  return shown + text.slice(done, rest) + (rest < text.length ? "…" : "");
}

/** Matches most property names quickly: the host of a registry, or a word. A file may have hundreds of thousands. */
const plainName = /^"(?:https?:\/\/)?[a-z0-9.-]{1,60}(?::\d{1,5})?(?:\/v[12]\/?)?"$|^"[A-Za-z]{1,30}"$/;

function maskedName(name: string): string {
  const value = JSON.parse(name) as string;
  const clean = redact(cutForeign(value));
  return clean === value ? name : JSON.stringify(clean);
}

/** Whether a text can be a helper's name. By mistake, a URL, a token or `user:password` in base64 may be in its place. */
function isHelperName(text: string): boolean {
  return /^[\w.+-]{0,64}$/.test(text) && !Buffer.from(text, "base64").includes(":") && redact(text) === text;
}

/** The ranges of all strings in a JSON text, including property names. */
function* stringsIn(text: string): Iterable<readonly [from: number, to: number]> {
  for (let from = text.indexOf('"'); from >= 0; ) {
    let end = from + 1;
    while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
    yield [from, end + 1];
    from = text.indexOf('"', end + 1);
  }
}

const helperFields = ["credsStore", "credHelpers"];
