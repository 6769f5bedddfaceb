import type { Registry } from "../registry/registry.ts";
import { Failure } from "../token/failure.ts";

/** A registry's credential, and how long a client may cache it. */
export interface TimedCredential extends Login {
  /** Milliseconds since the epoch; undefined: unknown, so a client must not cache it. */
  readonly expiresAt: number | undefined;
}

interface Login {
  readonly username: string;
  readonly secret: string;
  /** Why a stored login was not used. For stderr. */
  readonly notice?: Failure;
}

/** The functions that protocols other than Docker's use; as in `HelperPorts`. */
export interface CredentialPorts {
  aliased(host: string): Promise<Registry | undefined>;
  storedCredential(host: string): Promise<Login | undefined>;
  get(registry: Registry): Promise<Login | undefined>;
  expiresAt(registry: Pick<Registry, "host">, credential: Login): Promise<number | undefined>;
}

/** An answer of such a protocol. */
export interface ProtocolAnswer {
  /** JSON. */
  readonly text: string;
  /** For stderr: why config.yaml or a stored login could not be used. */
  readonly reason?: Failure;
}

/** A host that is not ECR's: the registry of an alias, or with an invalid config.yaml a stored credential. */
export interface AliasLookup {
  readonly registry?: Registry | undefined;
  readonly stored?: TimedCredential;
  /** Why config.yaml can't be used. */
  readonly reason?: Failure;
}

/** Never fails because of config.yaml: it must not end a client's requests to other hosts. */
export async function lookUpAlias(host: string, ports: CredentialPorts): Promise<AliasLookup> {
  try {
    return { registry: await ports.aliased(host) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const stored = await ports.storedCredential(host);
    if (!stored) return { reason: error };
    const { username, secret } = stored;
    return { stored: { username, secret, expiresAt: await ports.expiresAt({ host }, stored) } };
  }
}

/** @returns undefined for a public registry that can only be read anonymously. @throws Failure */
export async function timedCredential(
  registry: Registry,
  ports: CredentialPorts,
): Promise<TimedCredential | undefined> {
  const credential = await ports.get(registry);
  if (!credential) return undefined;
  const { username, secret, notice } = credential;
  const expiresAt = await ports.expiresAt(registry, credential);
  return { username, secret, expiresAt, ...(notice && { notice }) };
}
