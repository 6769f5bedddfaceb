import { readServerUrl } from "../../registry/server-url.ts";
import { expiryOfPassword } from "../../token/expiry.ts";
import { ifReadable, mapOf } from "../json/go-fields.ts";
import { type Node, parseJson } from "../json/syntax.ts";
import { type AuthEntry, authEntryOf } from "./auth-entry.ts";
import { decodeAuth, type Login, tokenUsername } from "./login.ts";

/** An entry in `auths` of a Docker config, as Docker reads it. */
export type FileLogin = (OtherLogin | EcrToken | LeftLogin) & {
  /** Docker does not use it, because another entry has the exact name of the server as its key. */
  readonly isUnused?: true;
};

interface OtherLogin {
  readonly kind: "login";
  readonly key: string;
  readonly server: string;
  readonly login: Login;
}

/** A login to an ECR registry, whose password is an authorization token. */
export interface EcrToken {
  readonly kind: "ecr";
  readonly key: string;
  readonly host: string;
  readonly login: Login;
  /** Milliseconds since the epoch, from the token itself; absent: the token contains no expiry time. */
  readonly expiresAt?: number;
}

/** A login that no helper can store. */
export interface LeftLogin {
  readonly kind: "left";
  readonly key: string;
  readonly why: string;
  /** Whether Docker would log in with it. */
  readonly isLogin: boolean;
}

/**
 * The logins in `auths`, in the order of the file. Skips empty entries, which Docker writes for logins that a helper
 * stores. Returns none for a text that is not JSON, or whose `auths` Docker refuses: `configure` reports that.
 *
 * @param aliased whether a host is an alias of an ECR host
 */
export function loginsIn(text: string, aliased: (host: string) => boolean = noAliases): readonly FileLogin[] {
  const { root } = parseJson(text);
  return (root?.type === "object" && ifReadable(() => loginsOf(text, root, aliased))) || [];
}

/** Caches the logins of a parsed text, since a command needs them several times. */
const known = new WeakMap<Node, readonly FileLogin[]>();
const noAliases = () => false;

/** @throws WrongType */
export function loginsOf(
  text: string,
  root: Node,
  aliased: (host: string) => boolean = noAliases,
): readonly FileLogin[] {
  const logins = (aliased === noAliases ? known.get(root) : undefined) ?? readLogins(text, root, aliased);
  if (aliased === noAliases) known.set(root, logins);
  return logins;
}

function readLogins(text: string, root: Node, aliased: (host: string) => boolean): readonly FileLogin[] {
  const entries = authEntriesOf(text, root);
  return [...entries].flatMap(([key, entry]) => {
    const login = fileLogin(key, entry, aliased);
    if (!login) return [];
    const server = serverOf(key);
    return key !== server && entries.has(server) ? { ...login, isUnused: true } : login;
  });
}

/** The entries of `auths` by key, as Docker reads them. @throws WrongType */
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

/** By key of `auths`: the password in the `auth` of an entry with a login; undefined for another kind of login. */
export function passwordsIn(text: string): ReadonlyMap<string, string | undefined> {
  const { root } = parseJson(text);
  const entries = root?.type === "object" ? ifReadable(() => authEntriesOf(text, root)) : undefined;
  const logins = [...(entries ?? [])].filter(
    // Docker writes an empty entry for a login that a helper stores.
    ([, { auth, identitytoken, registrytoken, password }]) =>
      [auth, identitytoken, registrytoken, password].some(Boolean),
  );
  return new Map(logins.map(([key, { auth }]) => [key, decodeAuth(auth)?.secret]));
}

/** The keys of `auths` that Docker reads. */
export function authKeysIn(text: string): readonly string[] {
  const { root } = parseJson(text);
  const auths = root?.type === "object" ? ifReadable(() => mapOf(text, root, "auths")) : undefined;
  return [...(auths?.entries.keys() ?? [])];
}

/**
 * The server name that Docker sends to a helper for a key of `auths`: without scheme and path, except for Docker Hub.
 * docker/cli: cli/config/credentials/file_store.go (ConvertToHostname), registry/config.go (IndexServer).
 */
export function serverOf(key: string): string {
  if (key === "https://index.docker.io/v1/") return key;
  return hostOfKey(key);
}

/** The host of a key, as Docker reads it: without scheme and path. */
export function hostOfKey(key: string): string {
  return key.replace(/^https?:\/\//, "").split("/", 1)[0] ?? "";
}

function fileLogin(key: string, entry: AuthEntry, aliased: (host: string) => boolean): FileLogin | undefined {
  const { auth, username, password, identitytoken, registrytoken } = entry;
  if (![auth, username, password, identitytoken, registrytoken].some(Boolean)) return undefined;
  const left = (why: string, isLogin = false): LeftLogin => ({ kind: "left", key, why, isLogin });
  if (registrytoken) return left("a registry token, which Docker reads only from this file", true);
  const url = readServerUrl(key);
  if (url.kind === "malformed") return left(`its key is not a server: ${url.reason}`);
  const login = loginOf(entry);
  if (login && (url.kind === "ecr" || aliased(url.host))) {
    const expiresAt = expiryOfPassword(login.secret);
    return { kind: "ecr", key, host: url.host, login, ...(expiresAt !== undefined && { expiresAt }) };
  }
  const server = serverOf(key);
  if (login && identitytoken) return { kind: "login", key, server, login };
  if (login && auth && !isUtf8(auth))
    return left("its login is not UTF-8, as Docker's helper protocol requires", true);
  if (!login) return left("Docker can't read it either: it is not base64 of NAME:PASSWORD");
  if (login.username === "" || login.secret === "") return left("it has no username or no password");
  return { kind: "login", key, server, login };
}

/** @returns undefined if Docker can't read it */
function loginOf({ auth, username, password, identitytoken }: AuthEntry): Login | undefined {
  if (identitytoken) return { username: tokenUsername, secret: identitytoken };
  return auth ? decodeAuth(auth) : { username, secret: password };
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Whether a login can be decoded without loss. */
function isUtf8(auth: string): boolean {
  try {
    decoder.decode(Buffer.from(auth, "base64"));
    return true;
  } catch {
    return false;
  }
}
