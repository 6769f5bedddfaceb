import { keyOf, valueNode } from "../json/go-fields.ts";
import { type Node, parseJson } from "../json/syntax.ts";
import { type Edit, inverse, removals } from "../json/text.ts";
import { entriesNamed, hasLoginField, type LoginField, loginFieldOf } from "./edit-logins.ts";
import { decodeAuth, encodeAuth, type Login, tokenUsername } from "./login.ts";
import { type Escape, escapesOf, spelled } from "./spelling.ts";

/** The place of a secret in a text that is recorded without it. */
interface SecretPlace {
  readonly of: "auth" | "username" | "secret";
  readonly escapes?: readonly Escape[];
  /** Line ends in base64, which Go's decoder passes over. */
  readonly breaks?: readonly (readonly [at: number, text: string])[];
}

/** What puts a login back where it was taken out of `auths`, byte for byte, once its secret is known. */
export interface TakenLogin {
  readonly key: string;
  /** In the text without the logins. */
  readonly offset: number;
  readonly length: number;
  readonly pieces: readonly (string | SecretPlace)[];
  /** Whether it is an identity token. */
  readonly isToken: boolean;
}

export interface Taking {
  /** What puts the logins back. */
  readonly taken: readonly TakenLogin[];
  /** Keys of those that can't be put back as they were: their entries hold another secret, or are spelled oddly. */
  readonly lost: ReadonlySet<string>;
}

/** What taking logins out of `auths` makes of it, by their keys. It holds no secret. */
export function takeLogins(text: string, logins: ReadonlyMap<string, Login>): Taking {
  const { root } = parseJson(text);
  const lost = new Set<string>();
  if (root?.type !== "object" || logins.size === 0) return { taken: [], lost };
  const edits: Edit[] = [];
  const sources: Node[] = [];
  for (const entry of entriesNamed(root, (key) => logins.has(key))) {
    for (const edit of removals(valueNode(entry), hasLoginField)) {
      edits.push(edit);
      sources.push(entry);
    }
  }
  const order = new Map(edits.map((edit, index) => [edit.offset, index] as const));
  const ordered = edits.toSorted((a, b) => a.offset - b.offset);
  const taken: TakenLogin[] = [];
  for (const [index, back] of inverse(text, edits).entries()) {
    const edit = ordered[index] as Edit;
    const entry = sources[order.get(edit.offset) as number] as Node;
    const key = keyOf(entry);
    const login = logins.get(key) as Login;
    const pieces = piecesOf(text, edit, entry, login);
    const { offset, length } = back;
    if (pieces) taken.push({ key, offset, length, pieces, isToken: isToken(login) });
    else lost.add(key);
  }
  return { taken: taken.filter((each) => !lost.has(each.key)), lost };
}

/** @returns undefined where the login is now of the other kind */
export function filledIn({ pieces, isToken: wasToken }: TakenLogin, login: Login): string | undefined {
  if (wasToken !== isToken(login)) return undefined;
  return pieces
    .map((piece) => {
      if (typeof piece === "string") return piece;
      const { of, escapes = [], breaks = [] } = piece;
      return spelled(withBreaks(valueFor(of, login), breaks), escapes);
    })
    .join("");
}

function isToken({ username }: Login): boolean {
  return username === tokenUsername;
}

function valueFor(of: SecretPlace["of"], login: Login): string {
  return of === "auth" ? encodeAuth(login) : login[of];
}

/** What an edit takes out, with places for the secrets; undefined: it has one that the login does not. */
function piecesOf(text: string, edit: Edit, entry: Node, login: Login): TakenLogin["pieces"] | undefined {
  const end = edit.offset + edit.length;
  const pieces: (string | SecretPlace)[] = [];
  let done = edit.offset;
  for (const property of valueNode(entry).children) {
    const literal = valueNode(property);
    const field = loginFieldOf(property);
    if (!field || !literal.value || literal.offset < edit.offset || literal.offset >= end) continue;
    if (isToken(login) && holdsNoSecret(field, literal.value)) continue;
    const place = placeOf(
      field,
      literal.value,
      text.slice(literal.offset, literal.offset + literal.length),
      login,
    );
    if (!place) return undefined;
    pieces.push(text.slice(done, literal.offset), place);
    done = literal.offset + literal.length;
  }
  return [...pieces, text.slice(done, end)];
}

/** Beside an identity token Docker writes the username, as an `auth` without a password. */
function holdsNoSecret(field: LoginField, value: string): boolean {
  return field === "username" || (field === "auth" && decodeAuth(value)?.secret === "");
}

function placeOf(field: LoginField, value: string, raw: string, login: Login): SecretPlace | undefined {
  if ((field === "identitytoken") !== isToken(login)) return undefined;
  const of = field === "auth" || field === "username" ? field : "secret";
  const breaks = of === "auth" ? breaksIn(value) : [];
  if (withBreaks(valueFor(of, login), breaks) !== value) return undefined;
  const escapes = escapesOf(value, raw);
  if (!escapes) return undefined;
  return { of, ...(escapes.length > 0 && { escapes }), ...(breaks.length > 0 && { breaks }) };
}

function breaksIn(base64: string): readonly (readonly [at: number, text: string])[] {
  let shift = 0;
  return [...base64.matchAll(/[\r\n]+/g)].map(({ index, 0: text }) => {
    const at = index - shift;
    shift += text.length;
    return [at, text] as const;
  });
}

function withBreaks(value: string, breaks: readonly (readonly [at: number, text: string])[]): string {
  let done = 0;
  const lines = breaks.map(([at, text]) => {
    const line = value.slice(done, at) + text;
    done = at;
    return line;
  });
  return lines.join("") + value.slice(done);
}
