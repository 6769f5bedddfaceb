import { withoutChecksum } from "./checksum.ts";
import type { Dependencies, FileDependency } from "./dependencies.ts";
import {
  type AuthorizationEntry,
  type EntryKind,
  entryFormat,
  entryHeader,
  type FailureEntry,
  type LoginEntry,
  type LogoutEntry,
  type RegistryEntry,
  type Sealed,
} from "./entry.ts";
import type { Life } from "./life.ts";

// Written by hand: a schema library or JSON would take longer than the rest of a warm get.

/** Parses a registry's token file; undefined if it is damaged or has another format. */
export function parseRegistryEntry(text: string): RegistryEntry | Sealed<RegistryEntry> | undefined {
  const lines = linesOf(text, "token");
  const host = lines?.take("host");
  const identity = unquoted(lines?.take("identity"));
  const authorization = lines?.take("authorization");
  const life = lines && takeLife(lines);
  const dependencies = lines && takeDependencies(lines);
  if (host === undefined || identity === undefined || authorization === undefined) return undefined;
  if (!life || !dependencies) return undefined;
  return withSecret(lines, { host, life, dependencies, identity, authorization });
}

/** Parses the file of an authorization, likewise. */
export function parseAuthorizationEntry(
  text: string,
): AuthorizationEntry | Sealed<AuthorizationEntry> | undefined {
  const lines = linesOf(text, "authorization");
  const identity = unquoted(lines?.take("identity"));
  const region = lines?.take("region");
  const life = lines && takeLife(lines);
  if (identity === undefined || region === undefined || !life) return undefined;
  const end = lines.take("session-ends");
  const sessionEndsAt = integer(end);
  if (end !== undefined && sessionEndsAt === undefined) return undefined;
  return withSecret(lines, {
    identity,
    region,
    life,
    ...(sessionEndsAt !== undefined && { sessionEndsAt }),
  });
}

/** Parses the file of an explicit login or a logout, likewise. */
export function parseLoginEntry(text: string): LoginEntry | Sealed<LoginEntry> | LogoutEntry | undefined {
  const lines = linesOf(text, "login");
  if (!lines) return parseLogoutEntry(text);
  const host = lines.take("host");
  const life = takeLife(lines);
  return host === undefined || !life ? undefined : withSecret(lines, { host, life });
}

function parseLogoutEntry(text: string): LogoutEntry | undefined {
  const lines = linesOf(text, "logout");
  const host = lines?.take("host");
  const loggedOutAt = integer(lines?.take("logged-out"));
  if (!lines?.isAtEnd || host === undefined || loggedOutAt === undefined) return undefined;
  return { format: entryFormat, host, loggedOutAt };
}

/** Parses the file of a failed fetch, which is JSON, likewise. */
export function parseFailureEntry(text: string): FailureEntry | undefined {
  try {
    const entry = JSON.parse(text);
    if (entry?.format !== entryFormat || typeof entry.at !== "number") return undefined;
    for (const name of ["endpoint", "host", "code", "what", "fix"]) {
      if (typeof entry[name] !== "string") return undefined;
    }
    return entry;
  } catch {
    return undefined;
  }
}

/** Lines of `name value`, read in order. */
class Lines {
  #at: number;

  constructor(
    private readonly text: string,
    at: number,
  ) {
    this.#at = at;
  }

  /** The value of the next line; undefined if that line has another name. */
  take(name: string): string | undefined {
    const { text } = this;
    const start = this.#at + name.length;
    if (!text.startsWith(name, this.#at) || text.charCodeAt(start) !== 0x20) return undefined;
    const end = text.indexOf("\n", start);
    if (end < 0) return undefined;
    this.#at = end + 1;
    return text.slice(start + 1, end);
  }

  get isAtEnd(): boolean {
    return this.#at === this.text.length;
  }
}

function linesOf(whole: string, kind: EntryKind): Lines | undefined {
  const header = entryHeader(kind);
  if (!whole.startsWith(header)) return undefined;
  const text = withoutChecksum(whole);
  return text === undefined ? undefined : new Lines(text, header.length);
}

function takeLife(lines: Lines): Life | undefined {
  const issuedAt = integer(lines.take("issued"));
  const freshUntil = integer(lines.take("fresh-until"));
  const expiresAt = integer(lines.take("expires"));
  if (issuedAt === undefined || freshUntil === undefined || expiresAt === undefined) return undefined;
  const byAws = lines.take("expires-by-aws");
  const expiresAtAws = integer(byAws);
  if (byAws !== undefined && expiresAtAws === undefined) return undefined;
  const [age, id] = halves(lines.take("boot"));
  const uptime = integer(age);
  if (age !== undefined && (uptime === undefined || id === "")) return undefined;
  return {
    issuedAt,
    freshUntil,
    expiresAt,
    ...(expiresAtAws !== undefined && { expiresAtAws }),
    ...(uptime !== undefined && { boot: { id, uptime } }),
  };
}

function takeDependencies(lines: Lines): Dependencies | undefined {
  const [fingerprint, ...names] = lines.take("environment")?.split(" ") ?? [];
  if (fingerprint === undefined || names.some((name) => name === "" || name.includes("="))) return undefined;
  const files: FileDependency[] = [];
  for (let value = lines.take("file"); value !== undefined; value = lines.take("file")) {
    const [stamp, escaped] = halves(value);
    const path = unescaped(escaped);
    if (stamp === undefined || path === undefined) return undefined;
    files.push({ path, stamp });
  }
  const boot = lines.take("machine");
  return { environment: { names, fingerprint }, files, ...(boot !== undefined && { boot }) };
}

/** Reads the last lines, with a plain or an encrypted secret. */
function withSecret<Rest extends object>(
  lines: Lines,
  rest: Rest,
): (Rest & Common & { secret: string }) | (Rest & Common & { sealed: string }) | undefined {
  const username = unquoted(lines.take("username"));
  const sealed = lines.take("sealed");
  const secret = sealed === undefined ? unquoted(lines.take("secret")) : undefined;
  if (username === undefined || !lines.isAtEnd) return undefined;
  const entry = { format: entryFormat, ...rest, username } as const;
  if (sealed !== undefined) return { ...entry, sealed };
  return secret === undefined ? undefined : { ...entry, secret };
}

interface Common {
  readonly format: typeof entryFormat;
  readonly username: string;
}

/** At most 15 digits, in canonical form. */
function integer(text: string | undefined): number | undefined {
  const value = Number(text);
  return text !== undefined && Math.abs(value) < 1e15 && Number.isInteger(value) && String(value) === text
    ? value
    : undefined;
}

/** The parts before and after the first space. */
function halves(value: string | undefined): [before: string | undefined, after: string] {
  const space = value?.indexOf(" ") ?? -1;
  return value === undefined || space < 0 ? [value, ""] : [value.slice(0, space), value.slice(space + 1)];
}

/** The value of a JSON string. */
function unquoted(text: string | undefined): string | undefined {
  if (!text?.startsWith('"') || !text.endsWith('"')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A path with its percent-encoding decoded; undefined if the result is not a path. */
function unescaped(text: string): string | undefined {
  try {
    const path = text.includes("%") ? decodeURIComponent(text) : text;
    return path === "" || path.includes("\0") ? undefined : path;
  } catch {
    return undefined;
  }
}
