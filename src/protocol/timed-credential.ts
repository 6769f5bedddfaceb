import type { Registry } from "../registry/registry.ts";

/** A registry's credential, and how long a client may cache it. */
export interface TimedCredential extends Login {
  /** Milliseconds since the epoch; undefined: unknown, so a client must not cache it. */
  readonly expiresAt: number | undefined;
}

interface Login {
  readonly username: string;
  readonly secret: string;
}

/** The functions that protocols other than Docker's use; as in `HelperPorts`. */
export interface CredentialPorts {
  aliased(host: string): Promise<Registry | undefined>;
  get(registry: Registry): Promise<Login | undefined>;
  expiresAt(registry: Registry, credential: Login): Promise<number | undefined>;
}

/** @returns undefined for a public registry that can only be read anonymously. @throws Failure */
export async function timedCredential(
  registry: Registry,
  ports: CredentialPorts,
): Promise<TimedCredential | undefined> {
  const credential = await ports.get(registry);
  if (!credential) return undefined;
  const { username, secret } = credential;
  return { username, secret, expiresAt: await ports.expiresAt(registry, credential) };
}
