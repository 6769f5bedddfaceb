import { type Edit, findNodeAtLocation, getNodeValue, type Node } from "jsonc-parser";
import { printable } from "../config/problem.ts";
import { Failure } from "../token/failure.ts";
import { applied, insertion, isBlank, parseJson, removals, replacement } from "./json-text.ts";

/** What Docker's config.json keeps for a host of a login that no helper keeps. */
export interface Login {
  readonly username: string;
  readonly secret: string;
}

/** As much of a file as this program wrote. */
export interface Ours {
  readonly hosts: readonly string[];
  /** Whether `auths` itself was not there before. */
  readonly auths: boolean;
}

export interface WithAuths {
  readonly text: string;
  readonly ours: Ours;
  /** Wanted, and left alone: somebody's login that is none of ECR's. */
  readonly taken: readonly string[];
}

/**
 * Docker's config.json with these logins in its `auths`, and without those of ours that are no longer wanted.
 * Every other key, every other entry, their order and the file's layout stay. The login of an ECR token gives
 * way, whoever left it there: it ends within 12 hours anyway.
 *
 * @param path of the file, for messages
 * @throws Failure OUTPUT_SYNTAX
 */
export function withAuths(
  text: string,
  path: string,
  wanted: ReadonlyMap<string, Login>,
  ours: Ours,
): WithAuths {
  const base = isBlank(text) ? "{}\n" : text;
  const edits: Edit[] = [];
  const taken = new Set<string>();
  const present = new Set<string>();
  const auths = authsOf(base, path);
  const written = new Set(ours.hosts);
  for (const property of auths?.children ?? []) {
    const [key, entry] = property.children ?? [];
    const login = key && wanted.get(key.value);
    if (!key || !entry || !login) continue;
    present.add(key.value);
    if (kindOf(getNodeValue(entry)) === "other") taken.add(key.value);
    else edits.push(...entryEdits(base, entry, login));
  }
  if (auths) {
    edits.push(...removals(auths, (property) => isLeftover(property, wanted, written)));
  }
  const added = [...wanted].filter(([host]) => !present.has(host));
  const edited = withAdded(applied(base, edits), path, added);
  const hosts = [...wanted.keys()].filter((host) => !taken.has(host));
  const isEmptied = ours.auths && hosts.length === 0 && authsOf(edited, path)?.children?.length === 0;
  const after = isEmptied ? withoutAuths(edited) : edited;
  const hasMade = auths ? ours.auths : added.length > 0;
  return {
    text: after === base ? text : after,
    ours: { hosts, auths: hasMade && !isEmptied },
    taken: [...taken],
  };
}

/** Whether nothing is in it. @param text JSON */
export function isEmptyObject(text: string): boolean {
  return parseJson(text).root?.children?.length === 0;
}

/** Base64 of `username:secret`, as Docker keeps a login: docker/cli, cli/config/configfile/file.go. */
export function encodeAuth({ username, secret }: Login): string {
  return Buffer.from(`${username}:${secret}`).toString("base64");
}

function authsOf(text: string, path: string): Node | undefined {
  const { root, problem } = parseJson(text);
  if (problem !== undefined) throw syntax(path, `is not JSON: ${problem}`);
  if (root?.type !== "object") throw syntax(path, "is not an object");
  const auths = findNodeAtLocation(root, ["auths"]);
  // What Go's programs leave of a map that they never filled.
  if (!auths || auths.type === "null") return undefined;
  if (auths.type !== "object") throw syntax(path, "has an auths that is not an object");
  return auths;
}

function withAdded(text: string, path: string, added: readonly (readonly [string, Login])[]): string {
  if (added.length === 0) return text;
  const entries = added.map(([host, login]) => [host, { auth: encodeAuth(login) }] as const);
  const auths = authsOf(text, path);
  if (auths) return applied(text, [insertion(text, auths, entries, 2)]);
  const { root } = parseJson(text);
  if (!root) return text;
  const absent = findNodeAtLocation(root, ["auths"]);
  const value = Object.fromEntries(entries);
  const edit = absent ? replacement(text, absent, value, 1) : insertion(text, root, [["auths", value]], 1);
  return applied(text, [edit]);
}

function withoutAuths(text: string): string {
  const { root } = parseJson(text);
  if (!root) return text;
  return applied(
    text,
    removals(root, (property) => property.children?.[0]?.value === "auths"),
  );
}

function entryEdits(text: string, entry: Node, login: Login): Edit[] {
  const value: Record<string, unknown> = getNodeValue(entry) ?? {};
  const auth = encodeAuth(login);
  const { username, password, ...rest } = value;
  if (username !== undefined || password !== undefined || typeof value.auth !== "string") {
    return [replacement(text, entry, { ...rest, auth }, 2)];
  }
  if (value.auth === auth) return [];
  const node = findNodeAtLocation(entry, ["auth"]);
  return node ? [replacement(text, node, auth, 3)] : [];
}

/** Whether this program wrote an entry that is no longer wanted, and nobody another login in its place. */
function isLeftover(
  { children: [key, entry] = [] }: Node,
  wanted: ReadonlyMap<string, Login>,
  written: ReadonlySet<string>,
): boolean {
  if (!key || !entry || wanted.has(key.value) || !written.has(key.value)) return false;
  return kindOf(getNodeValue(entry)) === "ecr";
}

/** empty: Docker leaves `{}` for a login that a helper keeps. */
function kindOf(entry: unknown): "empty" | "ecr" | "other" {
  if (entry === null) return "empty";
  if (typeof entry !== "object" || Array.isArray(entry)) return "other";
  const { auth, username, password, identitytoken, registrytoken } = entry as Record<string, unknown>;
  if (isSet(identitytoken) || isSet(registrytoken)) return "other";
  if (isSet(auth)) return usernameOf(auth) === ecrUsername ? "ecr" : "other";
  if (isSet(username) || isSet(password)) return username === ecrUsername ? "ecr" : "other";
  return "empty";
}

/** Every authorization token's: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html */
const ecrUsername = "AWS";

function usernameOf(auth: unknown): string | undefined {
  return typeof auth === "string" ? Buffer.from(auth, "base64").toString().split(":")[0] : undefined;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

function syntax(path: string, why: string): Failure {
  const mend = "mend the file by hand; it was left as it is";
  return new Failure("OUTPUT_SYNTAX", `output ${printable(path)} ${why}`, mend);
}
