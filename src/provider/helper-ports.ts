import { version } from "../../package.json";
import type { Folders } from "../config/folders.ts";
import { readStamped, type StampedConfig } from "../config/stamped.ts";
import { unreachableLogins } from "../config/state-reach.ts";
import { otherLogins } from "../logins/choose.ts";
import { isForeignFolder } from "../ownership/foreign-folder.ts";
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
import { DiskLimit } from "./disk-limit.ts";
import { eraseLogin, storeLogin } from "./explicit-login.ts";
import { getLimits } from "./get-limits.ts";
import { type Registration, resolveCredential } from "./get-token.ts";
import { listStoredLogins } from "./list.ts";
import { openTokenKey } from "./token-key.ts";
import { type ResolvedRegistration, TokenProvider } from "./token-provider.ts";
import { withUnreadLogin } from "./unread-login.ts";

/** Milliseconds for a fetch to end after its deadline. */
const grace = 500;
/** Milliseconds for work after the answer, and after the end of a `get` that took all its time. */
const tidyLimits = { usual: 1_000, late: 500 } as const;

/** Programs that run one command of a user, who sees their stderr. */
const commandLineClients: ReadonlySet<string> = new Set(
  "docker docker-buildx docker-compose buildctl podman buildah skopeo crane apptainer nerdctl".split(" "),
);

/**
 * Connects protocol, provider, logins and store for everything that a warm get can't answer.
 *
 * @param home undefined for a user without a home folder, whose AWS files the environment must name
 * @param until when a `get` must end, in milliseconds of `performance.now`
 */
export function createHelperPorts(
  files: FastFiles,
  env: Environment,
  home: string | undefined,
  folders: Folders,
  now: () => number,
  until: number,
): HelperPorts {
  const limits = getLimits(performance.now(), until);
  const { state, configFile } = folders;
  const deferred: Promise<void>[] = [];
  const defer = (work: Promise<void>) => void deferred.push(work);
  const disk = new DiskLimit(state);
  const logged = new Set<string>();
  // Each line once: one cause, such as a locked keychain, occurs at each step of a get.
  const log = (line: string) => {
    if (logged.has(line)) return;
    logged.add(line);
    const append = () => appendLog(state, now(), line);
    // The log waits for its disk, so it must not delay the answer.
    if (disk.isLate) defer(disk.recovered.then(append));
    else append();
  };
  const store = new TokenStore(state, log, { key: openTokenKey(env, folders, now, until) });
  const provider = new TokenProvider(
    { files, env, home: home ?? "", folders, store, now, log },
    { defer, disk, config: readStampedConfig },
  );
  const { resolveRegistration, resolveAlias, aliased } = provider;
  const clock = () => readClock(files, now());
  const holds = (dependencies: Registration["dependencies"]) => dependenciesHold(files, dependencies, env);

  let lastConfig: StampedConfig | undefined;

  /** Each write of a token reads the config first. While the file is unchanged, it is not parsed again. */
  async function readStampedConfig(): Promise<StampedConfig> {
    const stamped = await readStamped(folders, files.stamp, lastConfig);
    const { notRead } = stamped.config;
    if (notRead) log(notRead.oneLine);
    else if (stamped !== lastConfig) await store.convertEncryption(stamped.config.store);
    lastConfig = stamped;
    return stamped;
  }

  function getOrFetchToken(registry: Registry, registration: ResolvedRegistration, shortDeadline: boolean) {
    const deadlines = shortDeadline ? limits.withToken : limits.withoutToken;
    const options = { failureAnswers: !shortDeadline };
    const token = provider.getOrFetchToken(registry, registration, deadlines, options);
    return within(deadlines.fetch + grace, token, registry);
  }

  async function tokenIgnoringConfig(host: string): Promise<RegistryEntry | undefined> {
    const stored = await store.readRegistry(host);
    if (!stored) return undefined;
    const others = stored.dependencies.files.filter(({ path }) => path !== configFile);
    return holds({ ...stored.dependencies, files: others }) ? stored : undefined;
  }

  const authorizationOf = async (registry: Registry): Promise<string | undefined> =>
    (await resolveRegistration(registry).catch(() => undefined))?.authorization;

  async function isCurrentToken(registry: Registry, secret: string): Promise<boolean> {
    if ((await store.readRegistry(registry.host))?.secret === secret) return true;
    const key = await authorizationOf(registry);
    return key !== undefined && (await store.readAuthorization(key))?.secret === secret;
  }

  /** Whether the identity is unchanged, even if the files were edited elsewhere. */
  async function isUnchanged({ host, dependencies, authorization }: RegistryEntry): Promise<boolean> {
    if (holds(dependencies)) return true;
    const registry = parseHost(host) ?? (await resolveAlias(host));
    return registry !== undefined && (await authorizationOf(registry)) === authorization;
  }

  /** An explicit login that a warm get could not read: encrypted with a key in the keychain, or of an older version. */
  async function validLogin(host: string): Promise<LoginEntry | undefined> {
    const login = loginIn(await store.readLogin(host));
    return login && lifeState(login.life, clock()) !== "expired" ? login : undefined;
  }

  async function storedCredential(host: string): Promise<StoredToken | undefined> {
    const token = (await validLogin(host)) ?? (await tokenIgnoringConfig(host));
    return token && lifeState(token.life, clock()) !== "expired" ? token : undefined;
  }

  async function coldGet(registry: Registry): Promise<StoredToken | undefined> {
    // The second read logs a file that the warm get had to ignore.
    const [login] = await Promise.all([validLogin(registry.host), store.readRegistry(registry.host)]);
    const token = login ?? (await resolveCredential(registry, getPorts));
    return token && withUnreadLogin(token, registry.host, identities, store);
  }

  async function warmGet(host: string): Promise<StoredToken | undefined> {
    const cached = readCachedCredential(files, state, host, env, now());
    if (!cached || !("sealed" in cached)) return cached;
    return "authorization" in cached ? store.readRegistry(host) : loginIn(await store.readLogin(host));
  }

  const identities = new Map<string, string>();
  async function resolveAndRemember(registry: Registry): Promise<ResolvedRegistration> {
    const registration = await resolveRegistration(registry);
    identities.set(registry.host, registration.identity);
    return registration;
  }
  const getPorts = {
    ...{ ...store, clock, warmGet, tokenIgnoringConfig, getOrFetchToken, log },
    writeRegistry: async (entry: RegistryEntry) => {
      await store.assertCanStore();
      await disk.run(() => store.writeRegistry(entry));
    },
    retryConditions: (registration: ResolvedRegistration) => retryConditions(registration, files, env),
    resolveRegistration: resolveAndRemember,
  };

  /** Records why a get failed, for `status` and `doctor`: some clients hide it. */
  async function getAndRecordFailure(
    registry: Registry,
    serverUrl = registry.host,
  ): Promise<StoredToken | undefined> {
    try {
      const credential = await within(limits.answer, coldGet(registry), registry);
      defer(forgetFailedGet(state, registry.host));
      return credential;
    } catch (error) {
      if (error instanceof Failure) await recordFailure(registry.host, error, serverUrl);
      throw error;
    }
  }
  const repeated = new WeakSet<object>();
  async function recordFailure(host: string, failure: Failure, serverUrl: string): Promise<void> {
    const parent = parentProcess();
    const asked = parent && { process: parent.id, serverUrl };
    const isOneRun = parent !== undefined && commandLineClients.has(parent.name);
    if (asked && (await wasShown(state, host, failure, asked, isOneRun, now()))) repeated.add(failure);
    defer(recordFailedGet(state, host, identities.get(host), failure, now(), asked));
  }
  const others = otherLogins(env, folders, now, until);

  /** ECR's logins and those to other hosts. If the others can't be listed, ECR's still are: a failed list breaks Docker's classic builder, and podman. */
  async function list(): Promise<Readonly<Record<string, string>>> {
    const ecrLogins = await listStoredLogins({ ...store, clock, isCurrent: isUnchanged });
    try {
      return { ...onlyOthers(await others.list()), ...ecrLogins };
    } catch (error) {
      log(`logins to hosts that are not ECR's are not listed: ${foreignText(toReply(error).stdout)}`);
      return ecrLogins;
    }
  }

  async function expiresAt({ host }: Pick<Registry, "host">, { secret }: StoredToken) {
    const stored = [loginIn(await store.readLogin(host)), await store.readRegistry(host)];
    const life = stored.find((entry) => entry?.secret === secret)?.life;
    return life && now() + timeLeft(life, clock());
  }

  const loginPorts = { ...store, clock, isCurrentToken, authorizationOf };
  return {
    aliased,
    storedCredential,
    get: getAndRecordFailure,
    async store(registry, credential) {
      await store.forgetKeychainFailure();
      await storeLogin(registry, credential, loginPorts);
      defer(forgetFailedGet(state, registry.host));
    },
    async erase(registry) {
      if (await isForeignFolder(state)) return;
      const failure = await unreachableLogins(state, "logins");
      if (failure) throw failure;
      await eraseLogin(registry, loginPorts);
      defer(forgetFailedGet(state, registry.host));
    },
    isRepeated: (error) => repeated.has(error),
    reportsFailures: async () =>
      (await readStampedConfig().catch(() => undefined))?.config.reportsFailures ?? false,
    list,
    expiresAt,
    tidy: async () => {
      const done = Promise.all(deferred.splice(0));
      const left = until + tidyLimits.late - performance.now();
      await Promise.race([done, Bun.sleep(Math.max(0, Math.min(tidyLimits.usual, left)))]);
    },
    version: () => `docker-credential-ecr (docker-credential-ecr) ${version}`,
  };
}

function loginIn(entry: LoginEntry | LogoutEntry | undefined): LoginEntry | undefined {
  return entry && "secret" in entry ? entry : undefined;
}

/** The answer, or a failure at a time of `performance.now`: then what hangs ends with the process. */
async function within<Answer>(until: number, answer: Promise<Answer>, { host }: Registry): Promise<Answer> {
  const timeout = Bun.sleep(Math.max(0, until - performance.now())).then(() => {
    throw new Failure(
      "GET_TIMEOUT",
      `no token for ${host} within the time that a get may take`,
      "see whether stdin, a credential_process, the disk or the network is slow, then try again",
    );
  });
  return await Promise.race([answer, timeout]);
}
