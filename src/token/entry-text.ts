import { withChecksum } from "./checksum.ts";
import type { Dependencies } from "./dependencies.ts";
import {
  type AuthorizationEntry,
  entryHeader,
  type LoginEntry,
  type LogoutEntry,
  type RegistryEntry,
  type Sealed,
} from "./entry.ts";
import type { Life } from "./life.ts";

// The text of a token file: docs/token-file.md. The readers are parse-entry.ts and native/.

export type SecretEntry = RegistryEntry | AuthorizationEntry | LoginEntry;
export type StoredEntry = SecretEntry | Sealed<SecretEntry> | LogoutEntry;

/** The complete text of an entry's file. */
export function formatEntry(entry: StoredEntry): string {
  return withChecksum(describeEntry(entry) + secretLine(entry));
}

/** The text without the secret and the checksum: all that decides whether the entry is valid. */
export function describeEntry(entry: Omit<SecretEntry, "secret"> | StoredEntry): string {
  if ("loggedOutAt" in entry) {
    return entryHeader("logout") + line("host", entry.host) + line("logged-out", integer(entry.loggedOutAt));
  }
  return `${ownLines(entry)}${line("username", quoted(entry.username))}`;
}

function ownLines(entry: Omit<SecretEntry, "secret">): string {
  if ("authorization" in entry) {
    const { host, identity, authorization, life, dependencies } = entry as RegistryEntry;
    const names = line("host", host) + line("identity", quoted(identity));
    const key = line("authorization", authorization);
    return entryHeader("token") + names + key + lifeLines(life) + dependencyLines(dependencies);
  }
  if ("region" in entry) {
    const { identity, region, life, sessionEndsAt } = entry as AuthorizationEntry;
    const names = line("identity", quoted(identity)) + line("region", region);
    const session = sessionEndsAt === undefined ? "" : line("session-ends", integer(sessionEndsAt));
    return entryHeader("authorization") + names + lifeLines(life) + session;
  }
  const { host, life } = entry as LoginEntry;
  return entryHeader("login") + line("host", host) + lifeLines(life);
}

function lifeLines({ issuedAt, freshUntil, expiresAt, expiresAtAws, boot }: Life): string {
  return (
    line("issued", integer(issuedAt)) +
    line("fresh-until", integer(freshUntil)) +
    line("expires", integer(expiresAt)) +
    (expiresAtAws === undefined ? "" : line("expires-by-aws", integer(expiresAtAws))) +
    (boot === undefined ? "" : line("boot", `${integer(boot.uptime)} ${boot.id}`))
  );
}

function dependencyLines({ environment, files, boot }: Dependencies): string {
  return (
    line("environment", [environment.fingerprint, ...environment.names].join(" ")) +
    files.map(({ path, stamp }) => line("file", `${stamp} ${encodeURI(path.toWellFormed())}`)).join("") +
    (boot === undefined ? "" : line("machine", boot))
  );
}

function secretLine(entry: StoredEntry): string {
  if ("sealed" in entry) return line("sealed", entry.sealed);
  return "secret" in entry ? line("secret", quoted(entry.secret)) : "";
}

function line(name: string, value: string): string {
  return `${name} ${value}\n`;
}

/** Milliseconds, rounded down. */
function integer(milliseconds: number): string {
  return String(Math.floor(milliseconds));
}

/** A JSON string with ASCII characters only. */
function quoted(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
