import { cutForeign } from "../../token/printable.ts";
import { redact } from "../../token/redact.ts";
import { isField, keyOf } from "../json/go-fields.ts";
import { parseJson } from "../json/syntax.ts";
import { isBlank } from "../json/text.ts";

/**
 * Docker's config.json with every text in it masked but for the helpers' names: logins, headers and proxies hold
 * secrets, and where all stands in one line no choice of lines keeps them out. Of a name only what looks like a secret
 * is masked, as the password in "https://user:password@host".
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
    if (isHelper(from) && !isEncodedLogin(text.slice(from + 1, to - 1))) continue;
    shown += `${text.slice(done, from)}"…"`;
    done = to;
  }
  return shown + text.slice(done, rest) + (rest < text.length ? "…" : "");
}

/** Most names, among hundreds of thousands: a registry's host, or a word. */
const plainName = /^"(?:https?:\/\/)?[a-z0-9.-]{1,60}(?::\d{1,5})?(?:\/v[12]\/?)?"$|^"[A-Za-z]{1,30}"$/;

function maskedName(name: string): string {
  const value = JSON.parse(name) as string;
  const clean = redact(cutForeign(value));
  return clean === value ? name : JSON.stringify(clean);
}

/** Whether a text is `user:password` in base64, which is no helper's name even where one belongs. */
function isEncodedLogin(text: string): boolean {
  return Buffer.from(text, "base64").includes(":");
}

/** Where the strings of a JSON text are, names of properties too. */
function* stringsIn(text: string): Iterable<readonly [from: number, to: number]> {
  for (let from = text.indexOf('"'); from >= 0; ) {
    let end = from + 1;
    while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
    yield [from, end + 1];
    from = text.indexOf('"', end + 1);
  }
}

const helperFields = ["credsStore", "credHelpers"];
