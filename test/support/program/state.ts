import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { withChecksum, withoutChecksum } from "../../../src/token/checksum.ts";
import type { LogoutEntry } from "../../../src/token/entry.ts";
import { formatEntry, type SecretEntry } from "../../../src/token/entry-text.ts";
import {
  parseAuthorizationEntry,
  parseLoginEntry,
  parseRegistryEntry,
} from "../../../src/token/parse-entry.ts";
import type { User } from "./user.ts";

/** The paths of `folder` and all files and folders in it; links are not followed. */
export function everythingIn(folder: string): string[] {
  const below = lstatSync(folder).isDirectory()
    ? readdirSync(folder).flatMap((name) => everythingIn(join(folder, name)))
    : [];
  return [folder, ...below];
}

export const tokenFile = (user: User, host: string): string => join(user.state, "tokens", `${host}.entry`);

/** The files of authorization tokens, one for each identity and region, without failures. */
export function authorizationFiles(user: User): string[] {
  const folder = join(user.state, "authorizations");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".entry"))
    .map((name) => join(folder, name));
}

/** The program's log; "" if it is empty. */
export function logOf(user: User): string {
  const path = join(user.state, "log");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** The entry in a token file. */
export function entryIn(path: string): SecretEntry | LogoutEntry {
  const text = readFileSync(path, "utf8");
  const entry = parseRegistryEntry(text) ?? parseAuthorizationEntry(text) ?? parseLoginEntry(text);
  if (!entry || "sealed" in entry) throw new Error(`${path} holds no entry in plain`);
  return entry;
}

/** Changes an entry in its file. */
export function edit(path: string, change: (entry: Record<string, unknown>) => void): void {
  const entry = structuredClone(entryIn(path));
  change(entry as unknown as Record<string, unknown>);
  writePrivately(path, formatEntry(entry));
}

/** Changes a JSON file without secrets. */
export function editJson(path: string, change: (file: Record<string, unknown>) => void): void {
  const file = JSON.parse(readFileSync(path, "utf8"));
  change(file);
  writePrivately(path, JSON.stringify(file));
}

/** Changes the text of an entry's file, with a valid checksum. */
export function amend(path: string, change: (text: string) => string): void {
  writePrivately(path, withChecksum(change(withoutChecksum(readFileSync(path, "utf8")) ?? "")));
}

function writePrivately(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  chmodSync(path, 0o600);
}

const times = new Set([
  "issuedAt",
  "freshUntil",
  "expiresAt",
  "sessionEndsAt",
  "at",
  "since",
  "readAt",
  "loggedOutAt",
  "refusedAt",
]);

/**
 * Simulates the passing of time, or a change of the clock, by changing all times in the state folder. The program then
 * behaves as at another time.
 *
 * @param wallMs milliseconds by which the wall clock advances; negative: it is set back
 * @param uptimeMs milliseconds by which the uptime increases; by default the same as `wallMs`
 */
export function passTime(user: User, wallMs: number, uptimeMs = wallMs): void {
  passTimeIn(user.state, wallMs, uptimeMs);
}

/** The same for any state folder. */
export function passTimeIn(state: string, wallMs: number, uptimeMs = wallMs): void {
  const older = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(older);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([name, inner]) => {
      if (typeof inner !== "number") return [name, older(inner)];
      if (name === "uptime") return [name, inner - uptimeMs];
      return [name, times.has(name) ? inner - wallMs : inner];
    });
    return Object.fromEntries(entries);
  };
  const inFolders = ["tokens", "authorizations", "logins", "failed-gets"].flatMap((folder) => {
    const path = join(state, folder);
    return existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : [];
  });
  const alone = ["refresher.json", "replication-readings.json"].map((name) => join(state, name));
  for (const file of [...inFolders, ...alone.filter(existsSync)]) {
    const seconds = statSync(file).mtimeMs / 1000;
    const text = file.endsWith(".entry")
      ? formatEntry(older(entryIn(file)) as SecretEntry)
      : JSON.stringify(older(JSON.parse(readFileSync(file, "utf8"))));
    writeFileSync(file, text);
    const modified = Math.max(0, seconds - wallMs / 1000);
    utimesSync(file, modified, modified);
  }
}

/** The path, mode and content of every file below a folder, or a part of it, to compare them later. */
export function snapshot(folder: string, part = "."): Record<string, string> {
  const root = join(folder, part);
  const entries = (existsSync(root) ? everythingIn(root) : []).map((path) => {
    const found = lstatSync(path);
    const mode = (found.mode & 0o7777).toString(8);
    return [relative(folder, path), `${mode} ${found.isFile() ? readFileSync(path, "latin1") : ""}`];
  });
  return Object.fromEntries(entries);
}

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
