import { Failure } from "../../token/failure.ts";
import { printable } from "../../token/printable.ts";
import { addition } from "../json/edit-map.ts";
import { type GoMap, ifReadable, isField, keyOf, mapOf, valueNode, WrongType } from "../json/go-fields.ts";
import { type Node, parseJson, placeOf } from "../json/syntax.ts";
import { applied, type Edit, isBlank, removals } from "../json/text.ts";
import { authEntryOf } from "./auth-entry.ts";
import { hasLoginField, loginEdits } from "./edit-logins.ts";
import { encodeAuth, type Login } from "./login.ts";

/** The parts of a file that this program wrote. */
export interface OwnParts {
  readonly hosts: readonly string[];
  /** Whether this program created `auths`. */
  readonly auths: boolean;
}

export interface WithAuths {
  readonly text: string;
  readonly ours: OwnParts;
  /** Hosts that were not written, because the file has a login for them that is not an ECR token. */
  readonly taken: readonly string[];
}

/**
 * Docker's config.json with these logins in `auths`, and without logins that this program wrote and that are no longer
 * wanted. All other keys and entries, their order and the layout of the file stay. An ECR token that another program
 * wrote is replaced: it expires within 12 hours anyway.
 *
 * @param path of the file, for messages
 * @throws Failure OUTPUT_SYNTAX
 */
export function withAuths(
  text: string,
  path: string,
  wanted: ReadonlyMap<string, Login>,
  ours: OwnParts,
): WithAuths {
  const base = isBlank(text) ? "{}\n" : text;
  const edits: Edit[] = [];
  const taken = new Set<string>();
  const { entries, place } = authsOf(base, path);
  const written = new Set(ours.hosts);
  const obsolete = new Set<Node>();
  for (const [host, entry] of entries) {
    const login = wanted.get(host);
    const kind = kindOf(base, entry);
    if (!login) {
      // Written by this program, and not replaced by another login.
      if (!written.has(host) || kind !== "ecr") continue;
      // Other programs may have added fields.
      if (valueNode(entry).children.every(hasLoginField)) obsolete.add(entry);
      else edits.push(...removals(valueNode(entry), hasLoginField));
    } else if (kind === "other") taken.add(host);
    else edits.push(...loginEdits(base, entry, "auth", encodeAuth(login)));
  }
  for (const object of new Set([...obsolete].flatMap(({ parent }) => parent ?? []))) {
    edits.push(...removals(object, (property) => obsolete.has(property)));
  }
  const added = [...wanted]
    .filter(([host]) => !entries.has(host))
    .map(([host, login]) => [host, { auth: encodeAuth(login) }] as const);
  const before = applied(base, edits);
  const edited = added.length > 0 ? applied(before, [addition(before, "auths", added)]) : before;
  const hosts = [...wanted.keys()].filter((host) => !taken.has(host));
  const isEmptied = ours.auths && hosts.length === 0 && authsOf(edited, path).entries.size === 0;
  const after = isEmptied ? withoutAuths(edited) : edited;
  const hadAuths = place?.type === "object";
  const hasMade = hadAuths ? ours.auths : added.length > 0;
  return {
    text: after === base ? text : after,
    ours: { hosts, auths: hasMade && !isEmptied },
    taken: [...taken],
  };
}

/** Whether a JSON text is an empty object. */
export function isEmptyObject(text: string): boolean {
  const { root, rest } = parseJson(text);
  return root?.type === "object" && root.children.length === 0 && rest === undefined;
}

function authsOf(text: string, path: string): GoMap {
  const { root, problem, rest } = parseJson(text);
  if (!root) throw syntax(path, `is not JSON: ${problem}`);
  if (rest !== undefined)
    throw syntax(path, `is not JSON: there is text after the end (${placeOf(text, rest)})`);
  if (root.type !== "object") throw syntax(path, "is not an object");
  try {
    return mapOf(text, root, "auths");
  } catch (error) {
    throw error instanceof WrongType ? syntax(path, `has an auths that ${error.message}`) : error;
  }
}

function withoutAuths(text: string): string {
  const { root } = parseJson(text);
  if (!root) return text;
  const isEmptied = (property: Node) => {
    const { type, children } = valueNode(property);
    // A null stays: it may hide a previous object.
    return isField(keyOf(property), "auths") && type === "object" && children.length === 0;
  };
  return applied(text, removals(root, isEmptied));
}

/** empty: Docker writes `{}` for a login that a helper stores. other: also for an entry that Docker can't read. */
function kindOf(text: string, entry: Node): "empty" | "ecr" | "other" {
  const login = ifReadable(() => authEntryOf(text, entry));
  if (!login) return "other";
  const { auth, username, password, identitytoken, registrytoken } = login;
  if (identitytoken || registrytoken) return "other";
  if (auth) return usernameOf(auth) === ecrUsername ? "ecr" : "other";
  if (username || password) return username === ecrUsername ? "ecr" : "other";
  return "empty";
}

/** The username of all ECR authorization tokens: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html */
const ecrUsername = "AWS";

function usernameOf(auth: string): string | undefined {
  return Buffer.from(auth, "base64").toString().split(":")[0];
}

function syntax(path: string, why: string): Failure {
  const fix = "correct the file by hand; it was not changed";
  return new Failure("OUTPUT_SYNTAX", `output ${printable(path)} ${why}`, fix);
}
