import { version } from "../../package.json";
import type { Folders } from "../config/folders.ts";
import { readStamped, type StampedConfig } from "../config/stamped.ts";
import { otherLogins } from "../logins/choose.ts";
import { parentProcess } from "../process/parent.ts";
import { onlyOthers } from "../protocol/other-logins.ts";
import { toReply } from "../protocol/reply.ts";
import type { HelperPorts, StoredToken } from "../protocol/serve.ts";
import { parseHost } from "../registry/host.ts";
import type { Registry } from "../registry/registry.ts";
import { readClock } from "../store/files/clock.ts";
import type { FastFiles } from "../store/files/fast-files.ts";
import { appendLog } from "../store/files/log.ts";
import { forgetFailedGet, recordFailedGet, wasShown } from "../store/state/failed-gets.ts";
import { TokenStore } from "../store/tokens/token-store.ts";
import { dependenciesHold, readCachedCredential } from "../store/tokens/warm-get.ts";
import type { Environment } from "../token/dependencies.ts";
import type { LoginEntry, LogoutEntry, RegistryEntry } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";
import { foreignText } from "../token/foreign-text.ts";
import { lifeState, timeLeft } from "../token/life.ts";
import { retryConditions } from "./conditions.ts";
import { eraseLogin, storeLogin } from "./explicit-login.ts";
import { type Registration, resolveCredential } from "./get-token.ts";
import { listHeld } from "./list.ts";
import { openTokenKey } from "./token-key.ts";
import { type ResolvedRegistration, TokenProvider } from "./token-provider.ts";

/** What a `get` may take in all, in milliseconds since it began; Docker itself waits for ever. */
const limits = {
  /** The last moment for an answer, whatever hangs. */
  whole: 19_000,
  /** The end of the talk with AWS. */
  fetch: 17_000,
  /** No longer than this is a lock's holder waited for: enough is left to ask AWS oneself. */
  turn: 10_000,
  /** The same two where a valid token lies ready. */
  fetchDeadlineWithToken: 4_000,
  lockDeadlineWithToken: 2_000,
  /** What is left for the fetch to end by itself when its time is over. */
  grace: 500,
  /** Milliseconds for what is done after the answer. */
  tidy: 1_000,
} as const;

/** Programs that run one command of a user, who sees their stderr. */
const commandLineClients: ReadonlySet<string> = new Set(
  "docker docker-buildx docker-compose buildctl podman buildah skopeo crane apptainer nerdctl".split(" "),
);

/**
 * Puts the rooms together for all that a warm get can't answer.
 *
 * @param home undefined for a user without a home folder, whose AWS files the environment must name
 */
export function createHelperPorts(
  files: FastFiles,
  env: Environment,
  home: string | undefined,
  folders: Folders,
  now: () => number,
): HelperPorts {
  const began = now();
  const { state, configFile } = folders;
  const said = new Set<string>();
  // Once: one cause, a keychain that is locked say, shows at each step of a get.
  const log = (line: string) => {
    if (!said.has(line)) appendLog(state, now(), line);
    said.add(line);
  };
  const store = new TokenStore(state, log, { key: openTokenKey(env, folders, now) });
  const put: Promise<void>[] = [];
  const later = (work: Promise<void>) => void put.push(work);
  const provider = new TokenProvider(
    { files, env, home: home ?? "", folders, store, now, log },
    { later, config: readStampedConfig },
  );
  const { resolveRegistration, aliased } = provider;
  const clock = () => readClock(files, now());
  const holds = (dependencies: Registration["dependencies"]) => dependenciesHold(files, dependencies, env);

  let lastSeen: StampedConfig | undefined;

  /** Whoever writes a token asks for the config before. It is not read again while it is the same. */
  async function readStampedConfig(): Promise<StampedConfig> {
    const seen = await readStamped(configFile, files.stamp, lastSeen, ({ oneLine }) => log(oneLine));
    if (seen !== lastSeen) await store.convertEncryption(seen.config.store);
    lastSeen = seen;
    return seen;
  }

  function getOrFetchToken(registry: Registry, registration: ResolvedRegistration, shortDeadline: boolean) {
    const fetch = began + (shortDeadline ? limits.fetchDeadlineWithToken : limits.fetch);
    const turn = began + (shortDeadline ? limits.lockDeadlineWithToken : limits.turn);
    const options = { failureAnswers: !shortDeadline };
    const obtained = provider.getOrFetchToken(registry, registration, { fetch, turn }, options);
    return within(fetch + limits.grace - now(), obtained, registry);
  }

  async function tokenIgnoringConfig(host: string): Promise<RegistryEntry | undefined> {
    const held = await store.readRegistry(host);
    if (!held) return undefined;
    const others = held.dependencies.files.filter(({ path }) => path !== configFile);
    return holds({ ...held.dependencies, files: others }) ? held : undefined;
  }

  const authorizationOf = async (registry: Registry): Promise<string | undefined> =>
    (await resolveRegistration(registry).catch(() => undefined))?.authorization;

  async function isServed(registry: Registry, secret: string): Promise<boolean> {
    if ((await store.readRegistry(registry.host))?.secret === secret) return true;
    const key = await authorizationOf(registry);
    return key !== undefined && (await store.readAuthorization(key))?.secret === secret;
  }

  /** Also after an edit of the files that did not touch the identity. */
  async function isUnchanged({ host, dependencies, authorization }: RegistryEntry): Promise<boolean> {
    if (holds(dependencies)) return true;
    const registry = parseHost(host) ?? (await aliased(host));
    return registry !== undefined && (await authorizationOf(registry)) === authorization;
  }

  /** An explicit login that a warm get could not read: encrypted with a key of the keychain's, or of a former version. */
  async function validLogin(host: string): Promise<LoginEntry | undefined> {
    const login = loginIn(await store.readLogin(host));
    return login && lifeState(login.life, clock()) !== "expired" ? login : undefined;
  }

  async function cold(registry: Registry): Promise<StoredToken | undefined> {
    // The second reports a file that the warm get had to leave aside.
    const [login] = await Promise.all([validLogin(registry.host), store.readRegistry(registry.host)]);
    if (login) return login;
    return resolveCredential(registry, getPorts);
  }

  async function warm(host: string): Promise<StoredToken | undefined> {
    const found = readCachedCredential(files, state, host, env, now());
    if (!found || !("sealed" in found)) return found;
    return "authorization" in found ? store.readRegistry(host) : loginIn(await store.readLogin(host));
  }

  const identities = new Map<string, string>();
  async function notedRegistration(registry: Registry): Promise<ResolvedRegistration> {
    const registration = await resolveRegistration(registry);
    identities.set(registry.host, registration.identity);
    return registration;
  }
  const getPorts = {
    ...{ ...store, clock, warm, tokenIgnoringConfig, getOrFetchToken, log },
    retryConditions: (registration: ResolvedRegistration) => retryConditions(registration, files, env),
    resolveRegistration: notedRegistration,
  };

  /** Some clients hide why a get failed: `status` and `doctor` report it. */
  async function noted(registry: Registry, serverUrl = registry.host): Promise<StoredToken | undefined> {
    const { host } = registry;
    try {
      const held = await within(limits.whole, cold(registry), registry);
      later(forgetFailedGet(state, host));
      return held;
    } catch (error) {
      if (error instanceof Failure) await note(host, error, serverUrl);
      throw error;
    }
  }
  const repeated = new WeakSet<object>();
  async function note(host: string, failure: Failure, serverUrl: string): Promise<void> {
    const parent = parentProcess();
    const asked = parent && { process: parent.id, serverUrl };
    const isOneRun = parent !== undefined && commandLineClients.has(parent.name);
    if (asked && (await wasShown(state, host, failure, asked, isOneRun, now()))) repeated.add(failure);
    later(recordFailedGet(state, host, identities.get(host), failure, now(), asked));
  }
  const others = otherLogins(env, folders, now);

  /** Other hosts' too. A list that fails would cost Docker's classic builder, and podman, ECR's as well. */
  async function list(): Promise<Readonly<Record<string, string>>> {
    const ours = await listHeld({ ...store, clock, holds: isUnchanged });
    try {
      return { ...onlyOthers(await others.list()), ...ours };
    } catch (error) {
      log(`logins to hosts that are not ECR's are not listed: ${foreignText(toReply(error).stdout)}`);
      return ours;
    }
  }

  async function expiresAt({ host }: Registry, { secret }: StoredToken): Promise<number | undefined> {
    const stored = [loginIn(await store.readLogin(host)), await store.readRegistry(host)];
    const life = stored.find((entry) => entry?.secret === secret)?.life;
    return life && now() + timeLeft(life, clock());
  }

  const loginPorts = { ...store, clock, isServed, authorizationOf };
  return {
    aliased,
    get: noted,
    async store(registry, held) {
      await store.forgetKeychainFailure();
      await storeLogin(registry, held, loginPorts);
      later(forgetFailedGet(state, registry.host));
    },
    async erase(registry) {
      await eraseLogin(registry, loginPorts);
      later(forgetFailedGet(state, registry.host));
    },
    isRepeated: (error) => repeated.has(error),
    reportsFailures: async () =>
      (await readStampedConfig().catch(() => undefined))?.config.reportsFailures ?? false,
    list,
    expiresAt,
    tidy: async () => {
      const done = Promise.all(put.splice(0));
      await Promise.race([done, Bun.sleep(limits.tidy)]);
    },
    version: () => `docker-credential-ecr (docker-credential-ecr) ${version}`,
  };
}

function loginIn(entry: LoginEntry | LogoutEntry | undefined): LoginEntry | undefined {
  return entry && "secret" in entry ? entry : undefined;
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
