import type { Dependencies } from "./dependencies.ts";
import type { Life } from "./life.ts";

/** The format written today. A file with any other number counts as absent. */
export const entryFormat = 1;

/** A registry's token file: the answer and the conditions under which it holds. */
export interface RegistryEntry {
  readonly format: typeof entryFormat;
  readonly host: string;
  readonly username: string;
  readonly secret: string;
  readonly life: Life;
  readonly dependencies: Dependencies;
  /** For a person: who asked. Nothing secret. */
  readonly identity: string;
  /** The key of the authorization that this was copied from. */
  readonly authorization: string;
}

/** The authorization token of one identity in one region, whatever registry it was asked for. */
export interface AuthorizationEntry {
  readonly format: typeof entryFormat;
  readonly identity: string;
  readonly region: string;
  readonly username: string;
  readonly secret: string;
  readonly life: Life;
  /** When the credentials that asked for it end, by this machine's clock. */
  readonly sessionEndsAt?: number;
}

/** An explicit `docker login`, honoured until its own expiry. */
export interface LoginEntry {
  readonly format: typeof entryFormat;
  readonly host: string;
  readonly username: string;
  readonly secret: string;
  readonly life: Life;
}

/** What a `docker logout` leaves for a moment, since Docker erases one login up to four times in a row. */
export interface LogoutEntry {
  readonly format: typeof entryFormat;
  readonly host: string;
  readonly loggedOutAt: number;
}

/** An entry in whose file the secret is encrypted; the rest, which tells whether it holds, is not. */
export type Sealed<Entry> = Omit<Entry, "secret"> & { readonly sealed: string };

/** A fetch that failed, for those who waited for it and for `status`. No secret in it. */
export interface FailureEntry {
  readonly format: typeof entryFormat;
  readonly at: number;
  readonly endpoint: string;
  /** The registry that it was met for, which `what` names. */
  readonly host: string;
  readonly code: string;
  readonly what: string;
  readonly mend: string;
}

/**
 * The text of a token file to its entry; undefined where it is truncated, corrupt or of another format.
 * The checks are written out: a schema library would cost a warm get more than the answer does.
 */
export function parseRegistryEntry(text: string): RegistryEntry | Sealed<RegistryEntry> | undefined {
  const entry = parse(text, ["host", "username", "identity", "authorization"]);
  return entry && hasSecret(entry) && isLife(entry.life) && isDependencies(entry.dependencies)
    ? (entry as unknown as RegistryEntry)
    : undefined;
}

/** The same for an authorization. */
export function parseAuthorizationEntry(
  text: string,
): AuthorizationEntry | Sealed<AuthorizationEntry> | undefined {
  const entry = parse(text, ["identity", "region", "username"]);
  return entry && hasSecret(entry) && isLife(entry.life)
    ? (entry as unknown as AuthorizationEntry)
    : undefined;
}

/** The same for an explicit login or what a logout left. */
export function parseLoginEntry(text: string): LoginEntry | Sealed<LoginEntry> | LogoutEntry | undefined {
  const entry = parse(text, ["host"]);
  if (typeof entry?.loggedOutAt === "number") return entry as unknown as LogoutEntry;
  return typeof entry?.username === "string" && hasSecret(entry) && isLife(entry.life)
    ? (entry as unknown as LoginEntry)
    : undefined;
}

/** The same for a failed fetch. */
export function parseFailureEntry(text: string): FailureEntry | undefined {
  const entry = parse(text, ["endpoint", "host", "code", "what", "mend"]);
  return typeof entry?.at === "number" ? (entry as unknown as FailureEntry) : undefined;
}

function parse(text: string, strings: readonly string[]): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || value.format !== entryFormat) return undefined;
    for (const name of strings) if (typeof value[name] !== "string") return undefined;
    return value;
  } catch {
    return undefined;
  }
}

/** In plain or encrypted, one of the two. */
function hasSecret({ secret, sealed }: Record<string, unknown>): boolean {
  return typeof secret === "string"
    ? sealed === undefined
    : secret === undefined && typeof sealed === "string";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isLife(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { issuedAt, freshUntil, expiresAt, expiresAtAws, boot } = value;
  if (!Number.isFinite(issuedAt) || !Number.isFinite(freshUntil) || !Number.isFinite(expiresAt)) return false;
  if (expiresAtAws !== undefined && !Number.isFinite(expiresAtAws)) return false;
  return (
    boot === undefined || (isObject(boot) && typeof boot.id === "string" && Number.isFinite(boot.uptime))
  );
}

function isDependencies(value: unknown): boolean {
  if (!isObject(value) || !isObject(value.environment)) return false;
  if (value.boot !== undefined && typeof value.boot !== "string") return false;
  const { names, fingerprint } = value.environment;
  if (typeof fingerprint !== "string" || !Array.isArray(names) || !Array.isArray(value.files)) return false;
  for (const name of names) if (typeof name !== "string") return false;
  for (const file of value.files) {
    if (!isObject(file) || typeof file.path !== "string" || typeof file.stamp !== "string") return false;
  }
  return true;
}
