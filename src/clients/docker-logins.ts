import { type Edit, findNodeAtLocation, getNodeValue } from "jsonc-parser";
import { readServerUrl } from "../registry/server-url.ts";
import { expiryOfPassword } from "../token/expiry.ts";
import { encodeAuth, type Login } from "./docker-auths.ts";
import { applied, insertion, isBlank, parseJson, replacement } from "./json-text.ts";

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
 * keeps, are passed over. So is what is no object, and a text that is no JSON: `wire` tells of that.
 *
 * @param aliased whether a host stands for one of ECR's
 */
export function loginsIn(
  text: string,
  aliased: (host: string) => boolean = () => false,
): readonly FileLogin[] {
  return Object.entries(entriesIn(text)).flatMap(([key, entry]) => fileLogin(key, entry, aliased) ?? []);
}

/** All of `auths`; nothing where there is none. */
export function entriesIn(text: string): Entries {
  const { root, problem } = parseJson(text);
  const auths = root && problem === undefined ? findNodeAtLocation(root, ["auths"]) : undefined;
  return auths?.type === "object" ? getNodeValue(auths) : {};
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
  if (typeof entry !== "object" || entry === null) return {};
  const { auth, username, password, identitytoken, ...rest } = entry as Record<string, unknown>;
  return rest;
}

/** An entry with a login, as Docker writes it; what else is in it stays. */
export function withLogin(entry: unknown, login: Login): object {
  const rest = withoutLogin(entry);
  if (login.username === tokenUsername) return { ...rest, identitytoken: login.secret };
  return { ...rest, auth: encodeAuth(login) };
}

/** The text with these entries of `auths` in the place of what they were, new ones behind the others. */
export function withEntries(text: string, entries: Entries): string {
  if (Object.keys(entries).length === 0) return text;
  const base = isBlank(text) ? "{}\n" : text;
  const { root } = parseJson(base);
  if (!root) return text;
  const auths = findNodeAtLocation(root, ["auths"]);
  if (!auths) return applied(base, [insertion(base, root, [["auths", entries]], 1)]);
  if (auths.type !== "object") return applied(base, [replacement(base, auths, entries, 1)]);
  const edits: Edit[] = [];
  const present = new Set<string>();
  for (const { children: [key, value] = [] } of auths.children ?? []) {
    if (!key || !value || !Object.hasOwn(entries, key.value)) continue;
    present.add(key.value);
    if (JSON.stringify(getNodeValue(value)) === JSON.stringify(entries[key.value])) continue;
    edits.push(replacement(base, value, entries[key.value], 2));
  }
  const added = Object.entries(entries).filter(([key]) => !present.has(key));
  const edited = applied(base, edits);
  if (added.length === 0) return edited;
  const { root: again } = parseJson(edited);
  const place = again && findNodeAtLocation(again, ["auths"]);
  return place ? applied(edited, [insertion(edited, place, added, 2)]) : edited;
}

function fileLogin(key: string, entry: unknown, aliased: (host: string) => boolean): FileLogin | undefined {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return undefined;
  const { auth, username, password, identitytoken, registrytoken } = entry as Record<string, unknown>;
  if (![auth, username, password, identitytoken, registrytoken].some(Boolean)) return undefined;
  const left = (why: string, isLogin = false): LeftLogin => ({ kind: "left", key, why, isLogin });
  if (registrytoken) return left("a registry token, which Docker takes from this file alone", true);
  const url = readServerUrl(key);
  if (url.kind === "malformed") return left(`its name is no server's: ${url.reason}`);
  const login = auth ? decodeAuth(auth) : plainLogin(username, password);
  if (url.kind === "ecr" || aliased(url.host)) {
    const expiresAt = login && expiryOfPassword(login.secret);
    return { kind: "ecr", key, host: url.host, ...(expiresAt !== undefined && { expiresAt }) };
  }
  const server = serverOf(key);
  if (typeof identitytoken === "string" && identitytoken !== "") {
    return { kind: "login", key, server, login: { username: tokenUsername, secret: identitytoken } };
  }
  if (!login) return left("Docker can't read it either: no base64 of NAME:PASSWORD");
  if (login.username === "" || login.secret === "") return left("it has no username or no password");
  return { kind: "login", key, server, login };
}

/** As docker/cli does: cli/config/configfile/file.go (decodeAuth). */
function decodeAuth(auth: unknown): Login | undefined {
  if (typeof auth !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(auth) || auth.length % 4 !== 0)
    return undefined;
  const text = Buffer.from(auth, "base64").toString();
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  return { username: text.slice(0, colon), secret: text.slice(colon + 1).replace(/^\0+|\0+$/g, "") };
}

function plainLogin(username: unknown, password: unknown): Login | undefined {
  if (typeof username !== "string" || typeof password !== "string") return undefined;
  return { username, secret: password };
}
