import { version } from "../../package.json";
import { identityState } from "../aws/dependencies.ts";
import type { Folders } from "../config/folders.ts";
import { coldGet, type Registration } from "../helper/cold-get.ts";
import { listHeld } from "../helper/list.ts";
import { eraseLogin, storeLogin } from "../helper/logins.ts";
import type { ColdPorts } from "../helper/serve.ts";
import { apiEndpoint } from "../registry/endpoint.ts";
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
import { type AuthorizationEntry, entryFormat } from "../token/entry.ts";
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
} as const;

const minValidity = 3_600_000;

/** Puts the rooms together for all that a warm get can't answer. */
export function coldPorts(
  files: QuickFiles,
  env: Environment,
  home: string,
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
    return {
      identity: describeIdentity(ambient, env),
      // A token opens every registry that its principal may read in a region; public ones have their own kind.
      authorization: fingerprint([key, registry.kind, registry.region]).slice(0, 40),
      dependencies: { ...dependencies, files: [...dependencies.files, configDependency] },
    };
  }

  function obtain(
    registry: Registry,
    registration: Registration,
    hurried: boolean,
  ): Promise<AuthorizationEntry> {
    const key = registration.authorization;
    return fetchOnce({
      tryLock: () => tryLock(state, lockPath(state, key)),
      readAuthorization: () => store.readAuthorization(key),
      writeAuthorization: (entry) => store.writeAuthorization(key, entry),
      readFailure: () => store.readFailure(key),
      writeFailure: (entry) => store.writeFailure(key, entry),
      enough: (entry) => lifeState(entry.life, clock()) === "fresh",
      fetch: () =>
        fetchEntry(registry, registration.identity, began + (hurried ? limits.hurriedFetch : limits.fetch)),
      endpoint: apiEndpoint(registry).host,
      now,
      // Spread, so that those who wait don't all look at the same moment.
      pause: () => Bun.sleep(15 + 20 * Math.random()),
      waitUntil: began + (hurried ? limits.hurriedTurn : limits.turn),
      report: (failure) => log(`${failure.code} ${failure.oneLine}`),
    });
  }

  async function fetchEntry(
    registry: Registry,
    identity: string,
    until: number,
  ): Promise<AuthorizationEntry> {
    const { fetchToken } = await import("../aws/fetch-token.ts");
    const signal = AbortSignal.timeout(Math.max(1, until - now()));
    const token = await fetchToken({ registry, identity: ambient, env, home, now, signal });
    const { username, password, expiresAt, clockSkew, sessionEndsAt } = token;
    return {
      format: entryFormat,
      identity,
      region: registry.region,
      username,
      secret: password,
      life: lifeOf(expiresAt, clockSkew, minValidity, clock()),
      ...(sessionEndsAt !== undefined && { sessionEndsAt: sessionEndsAt - clockSkew }),
    };
  }

  async function heldDespiteConfig(host: string) {
    const held = await store.readRegistry(host);
    if (!held) return undefined;
    const others = held.dependencies.files.filter(({ path }) => path !== configFile);
    return holds({ ...held.dependencies, files: others }) ? held : undefined;
  }

  return {
    get: (registry) =>
      withinLimit(
        coldGet(registry, {
          clock,
          registrationOf,
          warm: (host) => readWarm(files, state, host, env, now()),
          heldDespiteConfig,
          readAuthorization: (key) => store.readAuthorization(key),
          readFailure: (key) => store.readFailure(key),
          obtain,
          writeRegistry: (entry) => store.writeRegistry(entry),
          log,
        }),
        registry,
      ),
    store: async (registry, held) => storeLogin(registry, held, loginPorts()),
    erase: async (registry) => eraseLogin(registry, loginPorts()),
    list: () =>
      listHeld({
        clock,
        hosts: () => store.hosts(),
        readLogin: (host) => store.readLogin(host),
        readRegistry: (host) => store.readRegistry(host),
        holds,
      }),
    version: () => `docker-credential-ecr (docker-credential-ecr) ${version}`,
  };

  function loginPorts() {
    return {
      clock,
      readLogin: (host: string) => store.readLogin(host),
      readRegistry: (host: string) => store.readRegistry(host),
      writeLogin: (entry: Parameters<TokenStore["writeLogin"]>[0]) => store.writeLogin(entry),
      removeLogin: (host: string) => store.removeLogin(host),
      removeRegistry: (host: string) => store.removeRegistry(host),
      removeAuthorization: (key: string) => store.removeAuthorization(key),
    };
  }
}

/** The answer, or a failure when the whole limit has passed: whatever hangs then ends with the process. */
async function withinLimit<Answer>(answer: Promise<Answer>, registry: Registry): Promise<Answer> {
  const late = Bun.sleep(limits.whole).then(() => {
    throw new Failure(
      "GET_TIMEOUT",
      `no token for ${registry.host} within ${limits.whole / 1000} s`,
      "see whether a credential_process or the network hangs, then try again",
    );
  });
  return await Promise.race([answer, late]);
}
