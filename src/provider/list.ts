import type { LoginEntry, LogoutEntry, RegistryEntry } from "../token/entry.ts";
import { type Clock, lifeState } from "../token/life.ts";

export interface ListPorts {
  clock(): Clock;
  hosts(): Promise<readonly string[]>;
  readLogin(host: string): Promise<LoginEntry | LogoutEntry | undefined>;
  readRegistry(host: string): Promise<RegistryEntry | undefined>;
  /** Whether the token's identity is still that of the registry. */
  isCurrent(entry: RegistryEntry): Promise<boolean>;
}

/**
 * Username by host of the credentials that `get` can return without AWS. Docker's classic builder gets each of them, and
 * one failure would make it lose all others.
 */
export async function listStoredLogins(ports: ListPorts): Promise<Readonly<Record<string, string>>> {
  const clock = ports.clock();
  const usernames: Record<string, string> = {};
  for (const host of await ports.hosts()) {
    const username = await usernameFor(host, clock, ports);
    if (username !== undefined) usernames[host] = username;
  }
  return usernames;
}

async function usernameFor(host: string, clock: Clock, ports: ListPorts): Promise<string | undefined> {
  const login = await ports.readLogin(host);
  if (login && !("loggedOutAt" in login) && lifeState(login.life, clock) !== "expired") return login.username;
  const cached = await ports.readRegistry(host);
  if (!cached || lifeState(cached.life, clock) === "expired") return undefined;
  return (await ports.isCurrent(cached)) ? cached.username : undefined;
}
