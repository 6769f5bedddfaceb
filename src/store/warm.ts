import { type Dependencies, type Environment, environmentFingerprint } from "../token/dependencies.ts";
import { type LoginEntry, parseLoginEntry, parseRegistryEntry, type RegistryEntry } from "../token/entry.ts";
import { lifeState } from "../token/life.ts";
import { readClock } from "./clock.ts";
import { loginPath, tokenPath } from "./files.ts";
import type { QuickFiles } from "./quick-files.ts";

/**
 * What can be printed for `host` at once: an explicit login that has not expired, else a fresh token
 * whose conditions hold.
 */
export function readWarm(
  files: QuickFiles,
  state: string,
  host: string,
  env: Environment,
  now: number,
): LoginEntry | RegistryEntry | undefined {
  return heldLogin(files, state, host, now) ?? freshToken(files, state, host, env, now);
}

function heldLogin(files: QuickFiles, state: string, host: string, now: number): LoginEntry | undefined {
  const text = readOwn(files, loginPath(state, host));
  const entry = text === undefined ? undefined : parseLoginEntry(text);
  if (!entry || "loggedOutAt" in entry || entry.host !== host) return undefined;
  return lifeState(entry.life, readClock(files, now)) === "expired" ? undefined : entry;
}

function freshToken(
  files: QuickFiles,
  state: string,
  host: string,
  env: Environment,
  now: number,
): RegistryEntry | undefined {
  const text = readOwn(files, tokenPath(state, host));
  const entry = text === undefined ? undefined : parseRegistryEntry(text);
  if (entry?.host !== host || lifeState(entry.life, readClock(files, now)) !== "fresh") return undefined;
  return dependenciesHold(files, entry.dependencies, env) ? entry : undefined;
}

/** Whether nothing that the identity depends on has changed since. */
export function dependenciesHold(files: QuickFiles, dependencies: Dependencies, env: Environment): boolean {
  const { names, fingerprint } = dependencies.environment;
  if (environmentFingerprint(names, env) !== fingerprint) return false;
  for (const { path, stamp } of dependencies.files) if (files.stamp(path) !== stamp) return false;
  return true;
}

/**
 * The text of a file that is this user's and nobody else's to read or write; else undefined. Where a
 * file is foreign, the cold path that follows says so in the log.
 */
function readOwn(files: QuickFiles, path: string): string | undefined {
  const found = files.read(path);
  const user = process.geteuid?.();
  if (!found || (user !== undefined && (found.uid !== user || (found.mode & 0o077) !== 0))) return undefined;
  return found.text;
}
