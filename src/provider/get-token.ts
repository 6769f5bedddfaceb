import type { StoredToken } from "../protocol/serve.ts";
import { apiEndpoint } from "../registry/endpoint.ts";
import type { Registry } from "../registry/registry.ts";
import type { Dependencies } from "../token/dependencies.ts";
import {
  type AuthorizationEntry,
  entryFormat,
  type FailureEntry,
  type RegistryEntry,
} from "../token/entry.ts";
import { Failure } from "../token/failure.ts";
import { answersFor, traitsOf } from "../token/failure-codes.ts";
import type { Identity } from "../token/identity.ts";
import { type Clock, lifeState, withMinValidity } from "../token/life.ts";
import { repeatedFailure } from "./repeated-failure.ts";

/** The identity for a registry, and what that depends on. */
export interface Registration {
  readonly awsIdentity: Identity;
  /** The identity as shown to users. */
  readonly identity: string;
  /** The key of the registry's authorization token. */
  readonly authorization: string;
  readonly dependencies: Dependencies;
  /** Milliseconds: a token that is valid for less than this is renewed. */
  readonly minValidity: number;
}

/** What a cold get needs from config, store and AWS. */
export interface ColdGetPorts<Own extends Registration = Registration> {
  clock(): Clock;
  /** @throws Failure if config.yaml is invalid */
  resolveRegistration(registry: Registry): Promise<Own>;
  /** The answer of a warm get. */
  warmGet(host: string): Promise<StoredToken | undefined>;
  /** The registry's token file, if what its identity depends on is unchanged except for config.yaml. */
  tokenIgnoringConfig(host: string): Promise<RegistryEntry | undefined>;
  readRegistry(host: string): Promise<RegistryEntry | undefined>;
  readAuthorization(key: string): Promise<AuthorizationEntry | undefined>;
  readFailure(key: string): Promise<FailureEntry | undefined>;
  /** A fingerprint of what may end a failure. */
  retryConditions(registration: Own): string;
  /** Fetches a token, one process for all. @param shortDeadline there is a valid token to use if the fetch takes long */
  getOrFetchToken(registry: Registry, registration: Own, shortDeadline: boolean): Promise<AuthorizationEntry>;
  /** @throws Failure if it can't be written */
  writeRegistry(entry: RegistryEntry): Promise<void>;
  log(line: string): void;
}

/** Milliseconds between two attempts to renew a token that is still valid: a build calls `get` often. */
const retryInterval = 60_000;

/**
 * The credential for a registry whose token file can't be used: the token that another registry of the same identity and
 * region has stored, or a new one. If none can be fetched, a valid token with little time left is returned.
 *
 * @returns undefined for a public registry without credentials: the pull is then anonymous
 * @throws Failure
 */
export async function resolveCredential<Own extends Registration>(
  registry: Registry,
  ports: ColdGetPorts<Own>,
  isSecondTry = false,
): Promise<StoredToken | undefined> {
  const registration = await registrationOrStoredToken(registry, ports);
  if ("secret" in registration) return registration;
  const key = registration.authorization;
  const cached = await findCachedToken(registry, registration, ports);
  const state = cached ? lifeState(cached.life, ports.clock()) : "expired";
  if (cached && state === "fresh") return storeToken(registry, registration, cached, ports);
  const failed = state === "fresh" ? undefined : await recentFailure(key, ports);
  if (cached && state === "usable" && failed) return cached;
  // Without credentials each attempt takes seconds before it fails, and a build pulls many public images.
  if (registry.kind === "public" && !cached && failed?.code === "NO_CREDENTIALS") return undefined;
  try {
    if (failed && state === "expired") {
      repeatFailure(failed, registry, ports.retryConditions(registration), ports.clock().now);
    }
    const token = await ports.getOrFetchToken(registry, registration, state === "usable");
    return await storeToken(registry, registration, token, ports);
  } catch (error) {
    if (cached && lifeState(cached.life, ports.clock()) !== "expired") {
      ports.log(
        `returned the stored token, which is still valid, since a new one could not be fetched: ${describe(error)}`,
      );
      return cached;
    }
    if (!(error instanceof Failure)) throw error;
    if (error instanceof IdentityChanged) {
      if (!isSecondTry) return fetchAgain(registry, ports, error);
      // Some credential_process programs rewrite the AWS files each time: the token is valid, but must not be stored.
      ports.log(error.oneLine);
      return error.token;
    }
    if (registry.kind === "public" && traitsOf(error.code).anonymous) {
      ports.log(`${registry.host}: pulls are anonymous: ${error.oneLine}`);
      return undefined;
    }
    throw error;
  }
}

/** Repeats the failure of a recent get, since a build asks for one image several times. @throws Failure */
function repeatFailure(entry: FailureEntry, registry: Registry, conditions: string, now: number): void {
  if (entry.conditions !== conditions || now - entry.at >= answersFor(entry.code)) return;
  const failure = repeatedFailure(entry, { endpoint: apiEndpoint(registry).host, host: registry.host });
  if (failure) throw failure;
}

/** The first token may belong to the identity before the change. A slow source leaves too little time for another one. */
async function fetchAgain<Own extends Registration>(
  registry: Registry,
  ports: ColdGetPorts<Own>,
  { files }: IdentityChanged,
): Promise<StoredToken | undefined> {
  try {
    return await resolveCredential(registry, ports, true);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "TIMEOUT" || files.length === 0) throw error;
    const why = `a token was fetched before, but not used, because ${files.join(", ")} changed during the request`;
    throw new Failure(error.code, `${error.message}; ${why}`, error.fix, { cause: error });
  }
}

/** The AWS files were edited during the fetch, so it is unknown which identity the token belongs to. */
export class IdentityChanged extends Failure {
  constructor(
    host: string,
    readonly token: StoredToken,
    /** Those that changed, of the files that the identity depends on. */
    readonly files: readonly string[] = [],
  ) {
    super(
      "IDENTITY_CHANGED",
      `the identity for ${host} changes while tokens are fetched, so none is stored${files.length > 0 ? `: ${files.join(", ")} changed` : ""}`,
      "find the program that edits the AWS files, or the files of the credential_process",
    );
  }
}

/**
 * The stored token of the registry's identity and region. Its own file counts if a logout has removed the shared one, or if
 * that one has expired: a disk that was full for a moment may have got the newer token only there.
 */
async function findCachedToken(
  { host }: Registry,
  { authorization, minValidity }: Registration,
  ports: ColdGetPorts,
): Promise<AuthorizationEntry | RegistryEntry | undefined> {
  const shared = await ports.readAuthorization(authorization);
  const isOver = !shared || lifeState(shared.life, ports.clock()) === "expired";
  const own = isOver ? await ports.readRegistry(host) : undefined;
  const cached = own?.authorization === authorization ? own : shared;
  return cached && { ...cached, life: withMinValidity(cached.life, minValidity) };
}

function describe(error: unknown): string {
  return error instanceof Failure
    ? error.oneLine
    : `INTERNAL ${error instanceof Error ? error.name : typeof error}`;
}

async function registrationOrStoredToken<Own extends Registration>(
  registry: Registry,
  ports: ColdGetPorts<Own>,
): Promise<Own | RegistryEntry> {
  try {
    return await ports.resolveRegistration(registry);
  } catch (error) {
    // An invalid config.yaml does not name another identity, so a valid token stays in use.
    const stored = await ports.tokenIgnoringConfig(registry.host);
    if (!stored || lifeState(stored.life, ports.clock()) === "expired") throw error;
    ports.log(`returned the stored token, though config.yaml is invalid: ${describe(error)}`);
    return stored;
  }
}

async function recentFailure(key: string, ports: ColdGetPorts): Promise<FailureEntry | undefined> {
  const failed = await ports.readFailure(key);
  const { now } = ports.clock();
  return failed && failed.at <= now && now - failed.at < retryInterval ? failed : undefined;
}

async function storeToken(
  registry: Registry,
  registration: Registration,
  entry: AuthorizationEntry | RegistryEntry,
  ports: ColdGetPorts,
): Promise<StoredToken> {
  const { username, secret, life } = entry;
  const { identity, authorization, dependencies } = registration;
  const { host } = registry;
  // If another process waited for the same token, it may have written the file.
  if ((await ports.warmGet(host))?.secret === secret) return entry;
  try {
    await ports.writeRegistry({
      format: entryFormat,
      host,
      username,
      secret,
      life,
      dependencies,
      identity,
      authorization,
    });
  } catch (error) {
    // The token is valid whether or not it can be stored.
    if (!(error instanceof Failure)) throw error;
    ports.log(error.oneLine);
  }
  return entry;
}
