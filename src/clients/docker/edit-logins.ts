import { addition } from "../json/edit-map.ts";
import { isField, keyOf, mapOf, propertiesNamed, valueNode } from "../json/go-fields.ts";
import { type Node, parseJson } from "../json/syntax.ts";
import { applied, type Edit, insertion, isBlank, removals, replacement } from "../json/text.ts";
import { encodeAuth, type Login, tokenUsername } from "./login.ts";

/** The fields of an entry of `auths` that a credential helper stores instead. Other fields are not touched. */
const loginFields = ["auth", "username", "password", "identitytoken"] as const;
export type LoginField = (typeof loginFields)[number];

/** The one of them that Docker reads from a property. */
export function loginFieldOf(property: Node): LoginField | undefined {
  return loginFields.find((field) => isField(keyOf(property), field));
}

export function hasLoginField(property: Node): boolean {
  return loginFieldOf(property) !== undefined;
}

/** All entries of `auths` with these keys, including those that Docker does not read because the key occurs again later. */
export function entriesNamed(root: Node, has: (key: string) => boolean): readonly Node[] {
  return propertiesNamed(root, "auths").flatMap((auths) =>
    valueNode(auths).type === "object"
      ? valueNode(auths).children.filter((entry) => has(keyOf(entry)) && valueNode(entry).type === "object")
      : [],
  );
}

/** The text without the logins under these keys of `auths`; all other bytes stay. */
export function withoutLogins(text: string, keys: ReadonlySet<string>): string {
  const { root } = parseJson(text);
  if (root?.type !== "object" || keys.size === 0) return text;
  const entries = entriesNamed(root, (key) => keys.has(key));
  return applied(
    text,
    entries.flatMap((entry) => removals(valueNode(entry), hasLoginField)),
  );
}

/**
 * The text with these logins in `auths`, new entries after the others; all other bytes stay.
 *
 * @param text valid JSON, or blank
 */
export function withLogins(text: string, logins: ReadonlyMap<string, Login>): string {
  if (logins.size === 0) return text;
  const base = isBlank(text) ? "{}\n" : text;
  const { root } = parseJson(base);
  if (root?.type !== "object") return text;
  const { entries } = mapOf(base, root, "auths");
  const edits: Edit[] = [];
  const added: (readonly [key: string, value: unknown])[] = [];
  for (const [key, login] of logins) {
    const entry = entries.get(key);
    const [field, value] = writtenLogin(login);
    if (entry) edits.push(...loginEdits(base, entry, field, value));
    else added.push([key, { [field]: value }]);
  }
  const edited = applied(base, edits);
  return added.length > 0 ? applied(edited, [addition(edited, "auths", added)]) : edited;
}

/** A login as Docker writes it. */
function writtenLogin(login: Login): readonly [field: LoginField, value: string] {
  return login.username === tokenUsername ? ["identitytoken", login.secret] : ["auth", encodeAuth(login)];
}

/** The edits that replace all login fields of an entry by this field; its other fields stay. */
export function loginEdits(text: string, entry: Node, field: LoginField, value: string): readonly Edit[] {
  const node = valueNode(entry);
  if (node.type !== "object") return [replacement(text, node, { [field]: value }, 2)];
  const present = node.children.filter(hasLoginField);
  const target = present.findLast((property) => loginFieldOf(property) === field) ?? present.at(-1);
  if (!target) return [insertion(text, node, [[field, value]], 3)];
  const { offset, length } = target;
  const literal = valueNode(target);
  const isField = loginFieldOf(target) === field && literal.type === "string";
  const edit: Edit = isField
    ? { ...rangeOf(literal), content: JSON.stringify(value) }
    : { offset, length, content: `${JSON.stringify(field)}: ${JSON.stringify(value)}` };
  const removed = new Set(present.filter((property) => property !== target));
  return [
    ...(isField && literal.value === value ? [] : [edit]),
    ...(removed.size > 0 ? removals(node, (property) => removed.has(property)) : []),
  ];
}

function rangeOf({ offset, length }: Node): Pick<Edit, "offset" | "length"> {
  return { offset, length };
}
