import type { Registry } from "../registry/registry.ts";
import { isPlainHost, readServerUrl, type ServerUrl } from "../registry/server-url.ts";
import { Failure } from "../token/failure.ts";
import { type HelperAction, protocolText } from "./messages.ts";
import type { OtherLogins } from "./other-logins.ts";
import { done, LoginMissing, line, type Reply, refuse, toReply } from "./reply.ts";
import { trimSpace } from "./server-input.ts";

/** A credential, as `get` returns it. */
export interface StoredToken {
  readonly username: string;
  readonly secret: string;
  /** Why a stored login was not used. For stderr. */
  readonly notice?: Failure;
}

/** Reads stored credentials without the part of the program that a warm get does not load. */
export interface TokenCacheReader {
  /**
   * @param host an ECR host, or an alias of config.yaml
   * @returns a promise only if the token must be decrypted first
   */
  warm(host: string): StoredToken | undefined | Promise<StoredToken | undefined>;
  /** Whether there may be a config.yaml, which may define aliases of ECR registries or another store for logins. */
  isConfigured(): Promise<boolean>;
  /** Whether the keychain may contain a login to a server outside ECR. */
  isMarked(server: string): Promise<boolean>;
}

/** The part of the program that a warm get does not load. */
export interface HelperPorts {
  /**
   * The ECR registry of an alias in config.yaml; the host must match exactly.
   *
   * @throws Failure if config.yaml is invalid, so that any host may be an alias
   */
  aliased(host: string): Promise<Registry | undefined>;
  /** A valid stored credential of an ECR host or alias, if nothing but config.yaml has changed since. */
  storedCredential(host: string): Promise<StoredToken | undefined>;
  /**
   * @param serverUrl as the client wrote it; default: the host
   * @returns undefined if no credential is stored and none could be
   */
  get(registry: Registry, serverUrl?: string): Promise<StoredToken | undefined>;
  store(registry: Registry, credential: StoredToken): Promise<void>;
  erase(registry: Registry): Promise<void>;
  /** Whether config.yaml sets that the reason of a failed `get` goes to stdout. Never fails. */
  reportsFailures(): Promise<boolean>;
  /** Whether the client was shown the reason of this failure for another form of the server URL a moment ago. */
  isRepeated(error: object): boolean;
  /** The logins that `get` would return without calling AWS: server URL to username. */
  list(): Promise<Readonly<Record<string, string>>>;
  /** When a credential that `get` returned expires, in milliseconds since the epoch; undefined if it is not stored. */
  expiresAt(registry: Pick<Registry, "host">, credential: StoredToken): Promise<number | undefined>;
  version(): string;
  /** Work after the answer. Never fails, and takes at most a second. */
  tidy(): Promise<void>;
}

/** The parts that answer requests. The functions load what a warm get does not need; each call returns the same object. */
export interface HelperBackends {
  readonly warm: TokenCacheReader;
  cold(): Promise<HelperPorts>;
  others(): Promise<OtherLogins>;
}

/** Docker's credential helper protocol: https://github.com/docker/docker-credential-helpers. Never throws. */
export async function serve(
  action: HelperAction,
  readInput: () => Promise<string>,
  backends: HelperBackends,
): Promise<Reply> {
  try {
    switch (action) {
      case "get":
        return await get(await readInput(), backends);
      case "store":
        return await store(await readInput(), backends);
      case "erase":
        return await erase(await readInput(), backends);
      case "list":
        return line(JSON.stringify(await (await backends.cold()).list()));
      case "version":
        return line((await backends.cold()).version());
    }
  } catch (error) {
    return toReply(error);
  }
}

async function get(input: string, backends: HelperBackends): Promise<Reply> {
  const serverUrl = trimSpace(input);
  if (serverUrl === "") return refuse(protocolText.noServerUrl);
  // No server URL begins like this; every request of Bazel does.
  if (serverUrl.startsWith("{")) {
    const { answerBazel } = await import("./bazel.ts");
    const { text, reason } = await answerBazel(serverUrl, await backends.cold());
    return withReason(line(text), reason);
  }
  const credential = await credentialFor(serverUrl, backends);
  // The answer repeats the URL as it came, without surrounding white space: testcontainers uses it as the registry's address.
  if (!credential) return refuse(protocolText.notFound);
  const { username, secret, notice } = credential;
  const answer = line(JSON.stringify({ ServerURL: serverUrl, Username: username, Secret: secret }));
  return withReason(answer, notice);
}

function withReason(answer: Reply, reason: Failure | undefined): Reply {
  return reason ? { ...answer, stderr: toReply(reason).stderr } : answer;
}

async function credentialFor(serverUrl: string, backends: HelperBackends): Promise<StoredToken | undefined> {
  const { warm } = backends;
  // Docker sends a canonical host. Only parsed hosts have token files, so a host that has a file needs no parsing:
  // compiling its regular expressions takes a twentieth of the start.
  const early = isPlainHost(serverUrl) ? await warm.warm(serverUrl) : undefined;
  if (early) return early;
  const url = readUrl(serverUrl);
  const cached = await warm.warm(url.host);
  if (cached) return cached;
  const registry = await registryOf(url, backends).catch(configFailure);
  if (registry instanceof Failure) return getWithoutConfig(serverUrl, url.host, registry, backends);
  if (registry) return getFromEcr(registry, serverUrl, await backends.cold());
  return (await mayBeStored(serverUrl, backends)) ? (await backends.others()).get(serverUrl) : undefined;
}

function configFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}

/**
 * The credential for a host that may be an alias while config.yaml is invalid. If none is stored, the client can continue
 * anonymously, as for an ECR host, and the user gets the reason.
 */
async function getWithoutConfig(
  serverUrl: string,
  host: string,
  reason: Failure,
  backends: HelperBackends,
): Promise<StoredToken> {
  const stored = await (await backends.cold()).storedCredential(host);
  const others = await backends.others();
  const credential = stored ?? (await others.get(serverUrl).catch(ifNotMissing));
  if (credential) return credential;
  throw new LoginMissing(reason, false);
}

/** @throws LoginMissing, or a Failure if config.yaml sets `failures: report` */
async function getFromEcr(
  registry: Registry,
  serverUrl: string,
  cold: HelperPorts,
): Promise<StoredToken | undefined> {
  try {
    return await cold.get(registry, serverUrl);
  } catch (error) {
    if (await cold.reportsFailures()) throw error;
    throw new LoginMissing(error, error instanceof Error && cold.isRepeated(error));
  }
}

function ifNotMissing(error: unknown): undefined {
  if (!(error instanceof LoginMissing)) throw error;
}

function readUrl(text: string): Exclude<ServerUrl, { kind: "malformed" }> {
  const url = readServerUrl(text);
  if (url.kind === "malformed") throw malformed(url.reason);
  return url;
}

/** The registry of a server URL; undefined if it is not ECR. */
async function registryOf(
  url: ReturnType<typeof readUrl>,
  backends: HelperBackends,
): Promise<Registry | undefined> {
  if (url.kind === "ecr") return url.registry;
  return (await backends.warm.isConfigured()) ? (await backends.cold()).aliased(url.host) : undefined;
}

/** Whether a login to a host outside ECR may be stored: most such requests are for anonymous pulls from Docker Hub. */
async function mayBeStored(server: string, { warm }: HelperBackends): Promise<boolean> {
  return (await warm.isMarked(server)) || (await warm.isConfigured());
}

async function store(input: string, backends: HelperBackends): Promise<Reply> {
  const { parseCredential } = await import("./credential.ts");
  const credential = parseCredential(input);
  if (credential.ServerURL === "") return refuse(protocolText.noServerUrl);
  if (credential.Username === "") return refuse(protocolText.noUsername);
  const url = readUrl(credential.ServerURL);
  const registry = await registryOf(url, backends);
  const login = { username: credential.Username, secret: credential.Secret };
  if (registry) await (await backends.cold()).store(registry, login);
  else await (await backends.others()).store(credential.ServerURL, login);
  return done;
}

async function erase(input: string, backends: HelperBackends): Promise<Reply> {
  const serverUrl = trimSpace(input);
  if (serverUrl === "") return refuse(protocolText.noServerUrl);
  const registry = await registryOf(readUrl(serverUrl), backends);
  // podman, skopeo and buildah treat an error as a failed logout, even if nothing was stored.
  if (registry) await (await backends.cold()).erase(registry);
  else if (await mayBeStored(serverUrl, backends)) await (await backends.others()).erase(serverUrl);
  return done;
}

function malformed(reason: string): Failure {
  return new Failure(
    "BAD_SERVER_URL",
    `the server URL was refused: ${reason}`,
    "send a registry's host name on stdin",
  );
}
