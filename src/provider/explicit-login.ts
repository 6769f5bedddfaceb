import type { StoredToken } from "../protocol/serve.ts";
import type { Registry } from "../registry/registry.ts";
import { entryFormat, type LoginEntry, type LogoutEntry, type RegistryEntry } from "../token/entry.ts";
import { expiryOfPassword } from "../token/expiry.ts";
import { type Clock, lifeState, longestLife } from "../token/life.ts";

/** What explicit logins need from the store. */
export interface LoginPorts {
  clock(): Clock;
  /** Whether a secret is that of the token which `get` returns without an explicit login. */
  isCurrentToken(registry: Registry, secret: string): Promise<boolean>;
  /** The key of the registry's authorization token; undefined if config.yaml is invalid. */
  authorizationOf(registry: Registry): Promise<string | undefined>;
  readLogin(host: string): Promise<LoginEntry | LogoutEntry | undefined>;
  readRegistry(host: string): Promise<RegistryEntry | undefined>;
  writeLogin(entry: LoginEntry | LogoutEntry): Promise<void>;
  removeLogin(host: string): Promise<boolean>;
  removeRegistry(host: string): Promise<boolean>;
  removeAuthorization(key: string): Promise<boolean>;
}

/** Milliseconds. One `docker logout` erases up to four spellings of a host: erasures within this time are one logout. */
const logoutWindow = 30_000;

/**
 * Stores an explicit login until its own expiry. A secret that is not an ECR token is stored for the longest lifetime of
 * one. `docker login HOST` without a password stores what `get` just returned: that is not an explicit login, and stored
 * as one it would never be renewed.
 *
 * @throws Failure if it can't be written
 */
export async function storeLogin(
  registry: Registry,
  { username, secret }: StoredToken,
  ports: LoginPorts,
): Promise<void> {
  if (await ports.isCurrentToken(registry, secret)) {
    await ports.removeLogin(registry.host);
    return;
  }
  const { now, boot } = ports.clock();
  // Its own expiry, but at most the longest lifetime of a token: this machine's clock may be slow.
  const expiresAt = Math.min(expiryOfPassword(secret) ?? Number.POSITIVE_INFINITY, now + longestLife);
  const life = { issuedAt: now, freshUntil: expiresAt, expiresAt, ...(boot && { boot }) };
  await ports.writeLogin({ format: entryFormat, host: registry.host, username, secret, life });
}

/**
 * Removes the explicit login if there is one, else the cached token. So Packer's `ecr_login`, which logs out after each
 * push, does not clear the cache.
 *
 * @throws Failure if a file can't be removed
 */
export async function eraseLogin(registry: Registry, ports: LoginPorts): Promise<void> {
  const { host } = registry;
  const clock = ports.clock();
  const login = await ports.readLogin(host);
  if (login && "loggedOutAt" in login) {
    const since = clock.now - login.loggedOutAt;
    if (since >= 0 && since < logoutWindow) return;
    await ports.removeLogin(host);
  } else if (login) {
    if (lifeState(login.life, clock) !== "expired") {
      await ports.writeLogin({ format: entryFormat, host, loggedOutAt: clock.now });
      return;
    }
    await ports.removeLogin(host);
  } else if (await ports.removeLogin(host)) {
    // The file could not be read, but it was a login.
    return;
  }
  const cached = await ports.readRegistry(host);
  // The file may belong to the identity of the last fetch. The token of the present identity is removed too.
  const current = await ports.authorizationOf(registry);
  for (const key of new Set([cached?.authorization, current])) {
    if (key === undefined) continue;
    // Without a file of its own, the registry has nothing that a read-only disk would keep.
    await ports.removeAuthorization(key).catch((error) => {
      if (cached) throw error;
    });
  }
  await ports.removeRegistry(host);
}
