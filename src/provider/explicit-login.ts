import type { StoredToken } from "../protocol/serve.ts";
import type { Registry } from "../registry/registry.ts";
import { entryFormat, type LoginEntry, type LogoutEntry, type RegistryEntry } from "../token/entry.ts";
import { expiryOfPassword } from "../token/expiry.ts";
import { type Clock, lifeState, longestLife } from "../token/life.ts";

/** What explicit logins take from the store. */
export interface LoginPorts {
  clock(): Clock;
  /** Whether a secret is what `get` answers for a registry without an explicit login. */
  isServed(registry: Registry, secret: string): Promise<boolean>;
  /** The key of the authorization that serves a registry now; undefined where the config does not tell. */
  authorizationOf(registry: Registry): Promise<string | undefined>;
  readLogin(host: string): Promise<LoginEntry | LogoutEntry | undefined>;
  readRegistry(host: string): Promise<RegistryEntry | undefined>;
  writeLogin(entry: LoginEntry | LogoutEntry): Promise<void>;
  removeLogin(host: string): Promise<boolean>;
  removeRegistry(host: string): Promise<boolean>;
  removeAuthorization(key: string): Promise<boolean>;
}

/** One `docker logout` erases up to four spellings of a host; what comes within this time is the same logout. */
const oneLogout = 30_000;

/**
 * Keeps an explicit login until its own expiry; a secret that is no ECR token counts for as long as one
 * could live. `docker login HOST` without a password stores what `get` just gave it: that is no other
 * login, and kept as one it would never be renewed.
 *
 * @throws Failure where the disk refuses
 */
export async function storeLogin(
  registry: Registry,
  { username, secret }: StoredToken,
  ports: LoginPorts,
): Promise<void> {
  if (await ports.isServed(registry, secret)) {
    await ports.removeLogin(registry.host);
    return;
  }
  const { now, boot } = ports.clock();
  // Its own word, and never more than a token can live: the clock here may be behind.
  const expiresAt = Math.min(expiryOfPassword(secret) ?? Number.POSITIVE_INFINITY, now + longestLife);
  const life = { issuedAt: now, freshUntil: expiresAt, expiresAt, ...(boot && { boot }) };
  await ports.writeLogin({ format: entryFormat, host: registry.host, username, secret, life });
}

/**
 * Forgets the explicit login if there is one, else the cached token. So Packer's `ecr_login`, which logs
 * out after each push, leaves the cache warm.
 *
 * @throws Failure where the disk refuses
 */
export async function eraseLogin(registry: Registry, ports: LoginPorts): Promise<void> {
  const { host } = registry;
  const clock = ports.clock();
  const login = await ports.readLogin(host);
  if (login && "loggedOutAt" in login) {
    const since = clock.now - login.loggedOutAt;
    if (since >= 0 && since < oneLogout) return;
    await ports.removeLogin(host);
  } else if (login) {
    if (lifeState(login.life, clock) !== "expired") {
      await ports.writeLogin({ format: entryFormat, host, loggedOutAt: clock.now });
      return;
    }
    await ports.removeLogin(host);
  } else if (await ports.removeLogin(host)) {
    // It could not be read, but a login it was.
    return;
  }
  const cached = await ports.readRegistry(host);
  // The file may be of whoever asked last; that of whoever asks now goes too.
  const asked = await ports.authorizationOf(registry);
  for (const key of new Set([cached?.authorization, asked])) {
    if (key !== undefined) await ports.removeAuthorization(key);
  }
  await ports.removeRegistry(host);
}
