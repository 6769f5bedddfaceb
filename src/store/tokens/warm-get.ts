import { type Dependencies, type Environment, environmentFingerprint } from "../../token/dependencies.ts";
import type { LoginEntry, RegistryEntry, Sealed } from "../../token/entry.ts";
import { lifeState } from "../../token/life.ts";
import { parseLoginEntry, parseRegistryEntry } from "../../token/parse-entry.ts";
import { readBootId, readClock } from "../files/clock.ts";
import { type FastFiles, folderOf, isClosed, isOwnedAndPrivate, isThere } from "../files/fast-files.ts";
import { loginPath, previousLoginPath, tokenPath } from "../files/paths.ts";

/** The result of a warm get: ready to print, or to be decrypted first with `decryptCachedCredential`. */
export type CachedCredential = LoginEntry | RegistryEntry | EncryptedCredential;
export type EncryptedCredential = Sealed<LoginEntry> | Sealed<RegistryEntry>;

/**
 * The credential that can be returned for `host` without the cold path: an explicit login that has not expired, else a
 * fresh token whose dependencies have not changed.
 */
export function readCachedCredential(
  files: FastFiles,
  state: string,
  host: string,
  env: Environment,
  now: number,
): CachedCredential | undefined {
  const file = files.read(loginPath(state, host));
  if (!file) {
    // If it is not a plain file, has the previous format, or is unknown, the cold path handles it.
    const path = loginPath(state, host);
    const paths = [path, previousLoginPath(state, host)];
    const mayExist = paths.some((each) => isThere(files, each)) || isClosed(files, folderOf(path));
    return mayExist ? undefined : freshToken(files, state, host, env, now);
  }
  const login = isOwnedAndPrivate(file) ? parseLoginEntry(file.text) : undefined;
  // A login that can't be read: the cold path logs it.
  if (login?.host !== host) return undefined;
  if ("loggedOutAt" in login || lifeState(login.life, readClock(files, now)) === "expired") {
    return freshToken(files, state, host, env, now);
  }
  return login;
}

function freshToken(
  files: FastFiles,
  state: string,
  host: string,
  env: Environment,
  now: number,
): RegistryEntry | Sealed<RegistryEntry> | undefined {
  const file = files.read(tokenPath(state, host));
  const entry = file && isOwnedAndPrivate(file) ? parseRegistryEntry(file.text) : undefined;
  if (entry?.host !== host || lifeState(entry.life, readClock(files, now)) !== "fresh") return undefined;
  return dependenciesHold(files, entry.dependencies, env) ? entry : undefined;
}

/** Whether nothing that the identity depends on has changed since the token was fetched. */
export function dependenciesHold(files: FastFiles, dependencies: Dependencies, env: Environment): boolean {
  const { names, fingerprint } = dependencies.environment;
  if (dependencies.boot !== undefined && dependencies.boot !== readBootId(files)) return false;
  if (environmentFingerprint(names, env) !== fingerprint) return false;
  for (const { path, stamp } of dependencies.files) if (files.stamp(path) !== stamp) return false;
  return true;
}
