import { keyOf, valueNode } from "../json/go-fields.ts";
import { type Node, parseJson } from "../json/syntax.ts";
import { type Edit, inverse, removals } from "../json/text.ts";
import { entriesNamed, hasLoginField, type LoginField, loginFieldOf } from "./edit-logins.ts";
import { decodeAuth, encodeAuth, type Login, tokenUsername } from "./login.ts";
import { type Escape, escapesOf, spelled } from "./spelling.ts";

/** The position of a secret in a text that is recorded without it. */
interface SecretName {
  readonly of: "auth" | "username" | "secret";
  readonly escapes?: readonly Escape[];
  /** Line ends in base64, which Go's decoder ignores. */
  readonly breaks?: readonly (readonly [at: number, text: string])[];
}

/** A login that was removed from `auths`, without its secret. With the secret it can be restored, byte for byte. */
export interface RemovedLogin {
  readonly key: string;
  /** In the text without the logins. */
  readonly offset: number;
  readonly length: number;
  readonly pieces: readonly (string | SecretName)[];
  /** Whether it is an identity token. */
  readonly isToken: boolean;
}

export interface Removal {
  /** The removed logins. */
  readonly removed: readonly RemovedLogin[];
  /** Keys of logins that can't be restored byte for byte: their entries contain another secret or unusual escapes. */
  readonly lost: ReadonlySet<string>;
}

/** Describes the removal of logins from `auths`, by their keys. The result contains no secret. */
export function describeRemoval(text: string, logins: ReadonlyMap<string, Login>): Removal {
  const { root } = parseJson(text);
  const lost = new Set<string>();
  if (root?.type !== "object" || logins.size === 0) return { removed: [], lost };
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
  const removed: RemovedLogin[] = [];
  for (const [index, back] of inverse(text, edits).entries()) {
    const edit = ordered[index] as Edit;
    const entry = sources[order.get(edit.offset) as number] as Node;
    const key = keyOf(entry);
    const login = logins.get(key) as Login;
    const pieces = piecesOf(text, edit, entry, login);
    const { offset, length } = back;
    if (pieces) removed.push({ key, offset, length, pieces, isToken: isToken(login) });
    else lost.add(key);
  }
  return { removed: removed.filter((each) => !lost.has(each.key)), lost };
}

/** The removed text with the secret inserted. @returns undefined if the login is now of the other kind */
export function withSecret({ pieces, isToken: wasToken }: RemovedLogin, login: Login): string | undefined {
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

function valueFor(of: SecretName["of"], login: Login): string {
  return of === "auth" ? encodeAuth(login) : login[of];
}

/** The removed text, with positions for the secrets; undefined if it contains a secret that the login does not have. */
function piecesOf(text: string, edit: Edit, entry: Node, login: Login): RemovedLogin["pieces"] | undefined {
  const end = edit.offset + edit.length;
  const pieces: (string | SecretName)[] = [];
  let done = edit.offset;
  for (const property of valueNode(entry).children) {
    const literal = valueNode(property);
    const field = loginFieldOf(property);
    if (!field || !literal.value || literal.offset < edit.offset || literal.offset >= end) continue;
    if (isToken(login) && containsNoSecret(field, literal.value)) continue;
    const place = secretPlaceOf(
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

/** Next to an identity token Docker writes the username, as an `auth` without a password. */
function containsNoSecret(field: LoginField, value: string): boolean {
  return field === "username" || (field === "auth" && decodeAuth(value)?.secret === "");
}

function secretPlaceOf(field: LoginField, value: string, raw: string, login: Login): SecretName | undefined {
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
