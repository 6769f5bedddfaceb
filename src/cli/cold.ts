import { version } from "../../package.json";
import { identityState } from "../aws/dependencies.ts";
import type { Folders } from "../config/folders.ts";
import { coldGet, identityChanged, type Registration } from "../helper/cold-get.ts";
import { listHeld } from "../helper/list.ts";
import { eraseLogin, storeLogin } from "../helper/logins.ts";
import type { ColdPorts } from "../helper/serve.ts";
import { apiEndpoint } from "../registry/endpoint.ts";
import { parseHost } from "../registry/host.ts";
import type { Registry } from "../registry/registry.ts";
import { readClock } from "../store/clock.ts";
import { fetchOnce } from "../store/fetch-once.ts";
import { lockPath } from "../store/files.ts";
import { tryLock } from "../store/lock.ts";
import { appendLog } from "../store/log.ts";
import type { QuickFiles } from "../store/quick-files.ts";
import { TokenStore } from "../store/token-store.ts";
import { dependenciesHold, readWarm } from "../store/warm.ts";
import { type Environment, fingerprint } from "../token/dependencies.ts";
import { type AuthorizationEntry, entryFormat, type RegistryEntry } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";
import { ambient, describeIdentity } from "../token/identity.ts";
import { lifeOf, lifeState } from "../token/life.ts";

/** What a `get` may take in all, in milliseconds since it began; Docker itself waits for ever. */
const limits = {
  /** The last moment for an answer, whatever hangs. */
  whole: 19_000,
  /** The end of the talk with AWS. */
  fetch: 17_000,
  /** No longer than this is a lock's holder waited for: enough is left to ask AWS oneself. */
  turn: 10_000,
  /** The same two where a valid token lies ready. */
  hurriedFetch: 4_000,
  hurriedTurn: 2_000,
  /** What is left for the fetch to end by itself when its time is over. */
  grace: 500,
} as const;

const minValidity = 3_600_000;

/**
 * Puts the rooms together for all that a warm get can't answer.
 *
 * @param home undefined for a user without a home folder, whose AWS files the environment must name
 */
export function coldPorts(
  files: QuickFiles,
  env: Environment,
  home = "/",
  folders: Folders,
  now: () => number,
): ColdPorts {
  const began = now();
  const { state, configFile } = folders;
  const log = (line: string) => appendLog(state, now(), line);
  const store = new TokenStore(state, now, log);
  const clock = () => readClock(files, now());
  const holds = (dependencies: Registration["dependencies"]) => dependenciesHold(files, dependencies, env);

  async function registrationOf(registry: Registry): Promise<Registration> {
    const configDependency = { path: configFile, stamp: files.stamp(configFile) };
    const { key, dependencies } = await identityState(ambient, env, home, files.stamp);
    const { kind, partition, region } = registry;
    return {
      identity: describeIdentity(ambient, env),
      // A token opens every registry that its principal may read in a region; public ones have their own kind.
      authorization: fingerprint([key, kind, partition, region]).slice(0, 40),
      dependencies: { ...dependencies, files: [...dependencies.files, configDependency] },
    };
  }

  function obtain(
    registry: Registry,
    registration: Registration,
    hurried: boolean,
  ): Promise<AuthorizationEntry> {
    const key = registration.authorization;
    const until = began + (hurried ? limits.hurriedFetch : limits.fetch);
    const obtained = fetchOnce({
      tryLock: () => tryLock(state, lockPath(state, key)),
      readAuthorization: () => store.readAuthorization(key),
      writeAuthorization: (entry) => store.writeAuthorization(key, entry),
      readFailure: () => store.readFailure(key),
      writeFailure: (entry) => store.writeFailure(key, entry),
      enough: (entry) => lifeState(entry.life, clock()) === "fresh",
      fetch: () => fetchEntry(registry, registration, until),
      endpoint: apiEndpoint(registry).host,
      now,
      // Spread, so that those who wait don't all look at the same moment.
      pause: () => Bun.sleep(15 + 20 * Math.random()),
      waitUntil: began + (hurried ? limits.hurriedTurn : limits.turn),
      report: (failure) => log(failure.oneLine),
    });
    return within(until + limits.grace - now(), obtained, registry);
  }

  async function fetchEntry(
    registry: Registry,
    asker: Registration,
    until: number,
  ): Promise<AuthorizationEntry> {
    const { fetchToken } = await import("../aws/fetch-token.ts");
    const signal = AbortSignal.timeout(Math.max(1, until - now()));
    const token = await fetchToken({ registry, identity: ambient, env, home, now, signal });
    // The files may have been edited after the key was made and before the credentials were read.
    if ((await registrationOf(registry)).authorization !== asker.authorization) {
      throw new Failure(
        identityChanged,
        `the identity for ${registry.host} was changed while a token was being fetched`,
        "try again",
      );
    }
    const { username, password, expiresAt, clockSkew, sessionEndsAt } = token;
    return {
      format: entryFormat,
      identity: asker.identity,
      region: registry.region,
      username,
      secret: password,
      life: lifeOf(expiresAt, clockSkew, minValidity, clock()),
      ...(sessionEndsAt !== undefined && { sessionEndsAt: sessionEndsAt - clockSkew }),
    };
  }

  async function heldDespiteConfig(host: string): Promise<RegistryEntry | undefined> {
    const held = await store.readRegistry(host);
    if (!held) return undefined;
    const others = held.dependencies.files.filter(({ path }) => path !== configFile);
    return holds({ ...held.dependencies, files: others }) ? held : undefined;
  }

  async function isServed(registry: Registry, secret: string): Promise<boolean> {
    if ((await store.readRegistry(registry.host))?.secret === secret) return true;
    const { authorization } = await registrationOf(registry);
    return (await store.readAuthorization(authorization))?.secret === secret;
  }

  /** Also after an edit of the files that did not touch the identity. */
  async function isUnchanged({ host, dependencies, authorization }: RegistryEntry): Promise<boolean> {
    if (holds(dependencies)) return true;
    const registry = parseHost(host);
    return registry !== undefined && (await registrationOf(registry)).authorization === authorization;
  }

  /** Tells the log of files that a warm get had to pass over. */
  async function inspect({ host }: Registry): Promise<void> {
    await store.readLogin(host);
    await store.readRegistry(host);
  }

  const warm = (host: string) => readWarm(files, state, host, env, now());
  const getPorts = { ...store, clock, registrationOf, warm, heldDespiteConfig, obtain, log };
  const loginPorts = { ...store, clock, isServed };
  return {
    get: (registry) =>
      within(
        limits.whole,
        inspect(registry).then(() => coldGet(registry, getPorts)),
        registry,
      ),
    store: (registry, held) => storeLogin(registry, held, loginPorts),
    erase: (registry) => eraseLogin(registry, loginPorts),
    list: () => listHeld({ ...store, clock, holds: isUnchanged }),
    version: () => `docker-credential-ecr (docker-credential-ecr) ${version}`,
  };
}

/** The answer, or a failure when so many milliseconds have passed: whatever hangs then ends with the process. */
async function within<Answer>(limit: number, answer: Promise<Answer>, { host }: Registry): Promise<Answer> {
  const late = Bun.sleep(Math.max(0, limit)).then(() => {
    throw new Failure(
      "GET_TIMEOUT",
      `no token for ${host} within the time that a get may take`,
      "see whether a credential_process, the disk or the network hangs, then try again",
    );
  });
  return await Promise.race([answer, late]);
}
