import { readServerUrl } from "../../registry/server-url.ts";
import { expiryOfPassword } from "../../token/expiry.ts";
import { addition } from "../json/edit-map.ts";
import { ifReadable, keyOf, mapOf, propertiesNamed, valueNode } from "../json/go-fields.ts";
import { type Node, parsedValue, parseJson } from "../json/syntax.ts";
import { applied, type Edit, isBlank, replacement } from "../json/text.ts";
import { type AuthEntry, authEntryOf, withoutFields } from "./auth-entry.ts";
import { encodeAuth, type Login } from "./auths.ts";

/** What stands in `auths` of a Docker config, as Docker reads it. */
export type FileLogin =
  | { readonly kind: "login"; readonly key: string; readonly server: string; readonly login: Login }
  | EcrToken
  | LeftLogin;

/** A login to an ECR registry, whose password is an authorization token. */
export interface EcrToken {
  readonly kind: "ecr";
  readonly key: string;
  readonly host: string;
  /** Milliseconds since the epoch, by the token's own word; absent: it says nothing of it. */
  readonly expiresAt?: number;
}

/** One that no helper can keep. */
export interface LeftLogin {
  readonly kind: "left";
  readonly key: string;
  readonly why: string;
  /** Whether Docker would log in by it. */
  readonly isLogin: boolean;
}

/** By key of `auths`: an entry of it as JSON. */
export type Entries = Readonly<Record<string, unknown>>;

/** Under which Docker's helpers keep an identity token: docker/docker-credential-helpers, credentials/credentials.go. */
const tokenUsername = "<token>";

/**
 * The logins in `auths`, in the file's order; entries that hold none, as Docker leaves them for a login that a helper
 * keeps, are passed over. So is a text that is no JSON, or whose `auths` Docker refuses: `wire` reports that.
 *
 * @param aliased whether a host stands for one of ECR's
 */
export function loginsIn(
  text: string,
  aliased: (host: string) => boolean = () => false,
): readonly FileLogin[] {
  const { root } = parseJson(text);
  return (root?.type === "object" && ifReadable(() => loginsOf(text, root, aliased))) || [];
}

/** @throws WrongType */
export function loginsOf(
  text: string,
  root: Node,
  aliased: (host: string) => boolean = () => false,
): readonly FileLogin[] {
  return [...authEntriesOf(text, root)].flatMap(([key, entry]) => fileLogin(key, entry, aliased) ?? []);
}

/** By key, as Docker reads them. @throws WrongType */
export function authEntriesOf(text: string, root: Node): ReadonlyMap<string, AuthEntry> {
  const read = new Map<Node, AuthEntry>();
  const { entries } = mapOf(text, root, "auths", (entry) => read.set(entry, authEntryOf(text, entry)));
  return new Map(
    [...entries].flatMap(([key, node]) => {
      const entry = read.get(node);
      return entry ? [[key, entry] as const] : [];
    }),
  );
}

/** By key of `auths`: the password in the `auth` of an entry that logs in; undefined for another kind of login. */
export function passwordsIn(text: string): ReadonlyMap<string, string | undefined> {
  const { root } = parseJson(text);
  const entries = root?.type === "object" ? ifReadable(() => authEntriesOf(text, root)) : undefined;
  const logins = [...(entries ?? [])].filter(
    // Docker leaves an empty entry for a login that a helper keeps.
    ([, { auth, identitytoken, registrytoken, password }]) =>
      [auth, identitytoken, registrytoken, password].some(Boolean),
  );
  return new Map(logins.map(([key, { auth }]) => [key, decodeAuth(auth)?.secret]));
}

/** All of `auths` that counts; nothing where there is none. */
export function entriesIn(text: string): Entries {
  const { root } = parseJson(text);
  const auths = root?.type === "object" ? ifReadable(() => mapOf(text, root, "auths")) : undefined;
  return Object.fromEntries(
    [...(auths?.entries ?? [])].map(([key, entry]) => [key, parsedValue(text, valueNode(entry))]),
  );
}

/**
 * The server that Docker asks a helper for where its file has this key: without scheme and path, but for Docker Hub's.
 * docker/cli: cli/config/credentials/file_store.go (ConvertToHostname), registry/config.go (IndexServer).
 */
export function serverOf(key: string): string {
  if (key === "https://index.docker.io/v1/") return key;
  return hostOfKey(key);
}

/** The host that Docker makes of a key: without scheme and path. */
export function hostOfKey(key: string): string {
  return key.replace(/^https?:\/\//, "").split("/", 1)[0] ?? "";
}

/** An entry without its login: what else is in it stays. */
export function withoutLogin(entry: unknown): object {
  return withoutFields(entry, ["auth", "username", "password", "identitytoken"]);
}

/** An entry with a login, as Docker writes it; what else is in it stays. */
export function withLogin(entry: unknown, login: Login): object {
  const rest = withoutLogin(entry);
  if (login.username === tokenUsername) return { ...rest, identitytoken: login.secret };
  return { ...rest, auth: encodeAuth(login) };
}

/**
 * The text with these entries of `auths` in place of what they were, new ones behind the others.
 *
 * @param text valid JSON, or blank
 */
export function withEntries(text: string, entries: Entries): string {
  if (Object.keys(entries).length === 0) return text;
  const base = isBlank(text) ? "{}\n" : text;
  const { root } = parseJson(base);
  if (root?.type !== "object") return text;
  const { entries: present } = mapOf(base, root, "auths");
  const edits: Edit[] = [];
  const added: (readonly [string, unknown])[] = [];
  for (const [key, wanted] of Object.entries(entries)) {
    const value = present.get(key)?.children[1];
    if (!value) added.push([key, wanted]);
    else if (JSON.stringify(parsedValue(base, value)) !== JSON.stringify(wanted))
      edits.push(replacement(base, value, wanted, 2));
  }
  if (added.length === 0) return applied(base, edits);
  const edited = applied(base, edits);
  return applied(edited, [addition(edited, "auths", added)]);
}

/**
 * The text without the logins under these keys of `auths`; what else is in their entries stays. Entries that Docker does
 * not read, because another one of that name is behind them, lose their secrets too.
 */
export function withoutLogins(text: string, keys: ReadonlySet<string>): string {
  const { root } = parseJson(text);
  if (root?.type !== "object" || keys.size === 0) return text;
  const entries = propertiesNamed(root, "auths").flatMap((auths) =>
    valueNode(auths).type === "object" ? valueNode(auths).children : [],
  );
  const edits = entries.flatMap((entry) => {
    const value = valueNode(entry);
    if (!keys.has(keyOf(entry)) || value.type !== "object") return [];
    const before = parsedValue(text, value);
    const after = withoutLogin(before);
    return JSON.stringify(after) === JSON.stringify(before) ? [] : [replacement(text, value, after, 2)];
  });
  return applied(text, edits);
}

function fileLogin(key: string, entry: AuthEntry, aliased: (host: string) => boolean): FileLogin | undefined {
  const { auth, username, password, identitytoken, registrytoken } = entry;
  if (![auth, username, password, identitytoken, registrytoken].some(Boolean)) return undefined;
  const left = (why: string, isLogin = false): LeftLogin => ({ kind: "left", key, why, isLogin });
  if (registrytoken) return left("a registry token, which Docker takes from this file alone", true);
  const url = readServerUrl(key);
  if (url.kind === "malformed") return left(`its name is no server's: ${url.reason}`);
  const login = auth ? decodeAuth(auth) : { username, secret: password };
  if (url.kind === "ecr" || aliased(url.host)) {
    const expiresAt = login && expiryOfPassword(login.secret);
    return { kind: "ecr", key, host: url.host, ...(expiresAt !== undefined && { expiresAt }) };
  }
  const server = serverOf(key);
  if (identitytoken) {
    return { kind: "login", key, server, login: { username: tokenUsername, secret: identitytoken } };
  }
  if (login && auth && !isUtf8(auth))
    return left("its login is not UTF-8, and Docker's helper protocol is", true);
  if (!login) return left("Docker can't read it either: no base64 of NAME:PASSWORD");
  if (login.username === "" || login.secret === "") return left("it has no username or no password");
  return { kind: "login", key, server, login };
}

/** As docker/cli does: cli/config/configfile/file.go (decodeAuth). Go's base64 passes over line ends. */
function decodeAuth(auth: string): Login | undefined {
  const base64 = auth.replace(/[\r\n]+/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) return undefined;
  const text = Buffer.from(base64, "base64").toString();
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  let [start, end] = [colon + 1, text.length];
  while (start < end && text[start] === "\0") start += 1;
  while (start < end && text[end - 1] === "\0") end -= 1;
  return { username: text.slice(0, colon), secret: text.slice(start, end) };
}

/** Whether nothing of a login is lost where it becomes text. */
function isUtf8(auth: string): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(auth, "base64"));
    return true;
  } catch {
    return false;
  }
}
