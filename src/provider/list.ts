import type { LoginEntry, LogoutEntry, RegistryEntry } from "../token/entry.ts";
import { type Clock, lifeState } from "../token/life.ts";

export interface ListPorts {
  clock(): Clock;
  hosts(): Promise<readonly string[]>;
  readLogin(host: string): Promise<LoginEntry | LogoutEntry | undefined>;
  readRegistry(host: string): Promise<RegistryEntry | undefined>;
  /** Whether the identity that asked for it is still the registry's. */
  holds(entry: RegistryEntry): Promise<boolean>;
}

/**
 * Host to username of what `get` can answer without AWS. Docker's classic builder asks for each of them,
 * and one that failed would cost it all the others.
 */
export async function listHeld(ports: ListPorts): Promise<Readonly<Record<string, string>>> {
  const clock = ports.clock();
  const held: Record<string, string> = {};
  for (const host of await ports.hosts()) {
    const username = await usernameFor(host, clock, ports);
    if (username !== undefined) held[host] = username;
  }
  return held;
}

async function usernameFor(host: string, clock: Clock, ports: ListPorts): Promise<string | undefined> {
  const login = await ports.readLogin(host);
  if (login && !("loggedOutAt" in login) && lifeState(login.life, clock) !== "expired") return login.username;
  const cached = await ports.readRegistry(host);
  if (!cached || lifeState(cached.life, clock) === "expired") return undefined;
  return (await ports.holds(cached)) ? cached.username : undefined;
}
