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
import { notedFailure } from "./noted-failure.ts";

/** Who keeps a registry, and under which conditions that stays so. */
export interface Registration {
  readonly asker: Identity;
  /** The same for a person. */
  readonly identity: string;
  /** The key of the authorization token that serves this registry. */
  readonly authorization: string;
  readonly dependencies: Dependencies;
  /** Milliseconds: with less life left a better token is looked for. */
  readonly minValidity: number;
}

/** What a cold get takes from the rooms behind it. */
export interface ColdGetPorts<Own extends Registration = Registration> {
  clock(): Clock;
  /** @throws Failure where the config can't be used */
  resolveRegistration(registry: Registry): Promise<Own>;
  /** What a warm get would answer now. */
  warm(host: string): Promise<StoredToken | undefined>;
  /** The registry's token file while all that its identity depends on is unchanged but for the config file. */
  tokenIgnoringConfig(host: string): Promise<RegistryEntry | undefined>;
  readRegistry(host: string): Promise<RegistryEntry | undefined>;
  readAuthorization(key: string): Promise<AuthorizationEntry | undefined>;
  readFailure(key: string): Promise<FailureEntry | undefined>;
  /** Changes with what may end a failed fetch. */
  retryConditions(registration: Own): string;
  /** One call to AWS for all who ask; `shortDeadline` where a valid token lies ready should it take long. */
  getOrFetchToken(registry: Registry, registration: Own, shortDeadline: boolean): Promise<AuthorizationEntry>;
  /** @throws Failure where the disk refuses */
  writeRegistry(entry: RegistryEntry): Promise<void>;
  log(line: string): void;
}

/** So long a failed renewal is not tried again while a valid token can be handed out: a build asks often. */
const failureMemory = 60_000;

/**
 * The answer for a registry whose token file does not hold: a token of the same identity and region that
 * another registry brought, or a new one. A valid one with little life left answers where no better can be had.
 *
 * @returns undefined for a public registry where no credentials give a token: it is then pulled from anonymously
 * @throws Failure
 */
export async function resolveCredential<Own extends Registration>(
  registry: Registry,
  ports: ColdGetPorts<Own>,
  isSecondTry = false,
): Promise<StoredToken | undefined> {
  const registration = await registrationOrHeld(registry, ports);
  if ("secret" in registration) return registration;
  const key = registration.authorization;
  const cached = await findCachedToken(registry, registration, ports);
  const state = cached ? lifeState(cached.life, ports.clock()) : "expired";
  if (cached && state === "fresh") return keep(registry, registration, cached, ports);
  const failed = state === "fresh" ? undefined : await recentFailure(key, ports);
  if (cached && state === "usable" && failed) return cached;
  // A machine without credentials asks in vain for seconds, and a build pulls many public images.
  if (registry.kind === "public" && !cached && failed?.code === "NO_CREDENTIALS") return undefined;
  try {
    if (failed && state === "expired") {
      refuseAgain(failed, registry, ports.retryConditions(registration), ports.clock().now);
    }
    const obtained = await ports.getOrFetchToken(registry, registration, state === "usable");
    return await keep(registry, registration, obtained, ports);
  } catch (error) {
    if (cached && lifeState(cached.life, ports.clock()) !== "expired") {
      ports.log(`a valid token answered though no better one could be had: ${describe(error)}`);
      return cached;
    }
    if (!(error instanceof Failure)) throw error;
    if (error instanceof IdentityChanged) {
      if (!isSecondTry) return resolveCredential(registry, ports, true);
      // Some credential_process rewrites the AWS files each time it runs: its token is good, but can't be kept.
      ports.log(error.oneLine);
      return error.token;
    }
    if (registry.kind === "public" && traitsOf(error.code).anonymous) {
      ports.log(`${registry.host} is left to anonymous pulls: ${error.oneLine}`);
      return undefined;
    }
    throw error;
  }
}

/** A build asks for one image several times, also in a row. @throws Failure the one that another get just met */
function refuseAgain(noted: FailureEntry, registry: Registry, conditions: string, now: number): void {
  if (noted.conditions !== conditions || now - noted.at >= answersFor(noted.code)) return;
  const failure = notedFailure(noted, { endpoint: apiEndpoint(registry).host, host: registry.host });
  if (failure) throw failure;
}

/** The AWS files were edited while `getOrFetchToken` waited: for which identity the token is can't be said. */
export class IdentityChanged extends Failure {
  constructor(
    host: string,
    readonly token: StoredToken,
  ) {
    super(
      "IDENTITY_CHANGED",
      `the identity for ${host} changes while tokens are fetched, so none is kept`,
      "see who edits the AWS files",
    );
  }
}

/** The token of the registry's identity and region, be it that another registry's logout has removed the shared one. */
async function findCachedToken(
  { host }: Registry,
  { authorization, minValidity }: Registration,
  ports: ColdGetPorts,
): Promise<AuthorizationEntry | RegistryEntry | undefined> {
  const shared = await ports.readAuthorization(authorization);
  const own = shared ? undefined : await ports.readRegistry(host);
  const cached = shared ?? (own?.authorization === authorization ? own : undefined);
  return cached && { ...cached, life: withMinValidity(cached.life, minValidity) };
}

function describe(error: unknown): string {
  return error instanceof Failure
    ? error.oneLine
    : `INTERNAL ${error instanceof Error ? error.name : typeof error}`;
}

async function registrationOrHeld<Own extends Registration>(
  registry: Registry,
  ports: ColdGetPorts<Own>,
): Promise<Own | RegistryEntry> {
  try {
    return await ports.resolveRegistration(registry);
  } catch (error) {
    // A broken config file names nobody anew, so it takes nobody's valid token away either.
    const held = await ports.tokenIgnoringConfig(registry.host);
    if (!held || lifeState(held.life, ports.clock()) === "expired") throw error;
    ports.log(`a valid token answered though the config can't be used: ${describe(error)}`);
    return held;
  }
}

async function recentFailure(key: string, ports: ColdGetPorts): Promise<FailureEntry | undefined> {
  const failed = await ports.readFailure(key);
  const { now } = ports.clock();
  return failed && failed.at <= now && now - failed.at < failureMemory ? failed : undefined;
}

async function keep(
  registry: Registry,
  registration: Registration,
  entry: AuthorizationEntry | RegistryEntry,
  ports: ColdGetPorts,
): Promise<StoredToken> {
  const { username, secret, life } = entry;
  const { identity, authorization, dependencies } = registration;
  const { host } = registry;
  // Of many who waited for one token, one writes it.
  if ((await ports.warm(host))?.secret === secret) return entry;
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
    // The token is good whether or not it can be kept.
    if (!(error instanceof Failure)) throw error;
    ports.log(error.oneLine);
  }
  return entry;
}
