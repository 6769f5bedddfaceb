import type { Registry } from "../registry/registry.ts";
import { isPlainHost, readServerUrl, type ServerUrl } from "../registry/server-url.ts";
import { Failure } from "../token/failure.ts";
import { parseCredential } from "./credential.ts";
import { type HelperAction, wire } from "./messages.ts";
import type { OtherLogins } from "./other-logins.ts";
import { done, LoginMissing, line, type Reply, refuse, told } from "./reply.ts";

/** The answer to a `get`. */
export interface Held {
  readonly username: string;
  readonly secret: string;
}

/** What can be answered from stored files. */
export interface WarmPort {
  /**
   * @param host an ECR host, or an alias of config.yaml
   * @returns a promise only if the token must be decrypted first
   */
  warm(host: string): Held | undefined | Promise<Held | undefined>;
  /** Whether there is a config.yaml, which may define aliases of ECR registries or another store for logins. */
  isConfigured(): boolean;
  /** Whether the keychain may contain a login to a server outside ECR. */
  isMarked(server: string): boolean;
}

/** The part of the program that a warm get does not load. */
export interface ColdPorts {
  /** The ECR registry of an alias in config.yaml; the host must match exactly. */
  aliased(host: string): Promise<Registry | undefined>;
  /** @returns undefined if no credential is stored and none could be */
  get(registry: Registry): Promise<Held | undefined>;
  store(registry: Registry, held: Held): Promise<void>;
  erase(registry: Registry): Promise<void>;
  /** Whether the reason of a failed `get` goes to stdout, as config.yaml says. Never fails. */
  reportsFailures(): Promise<boolean>;
  /** What `get` would answer without AWS: server URL to username. */
  list(): Promise<Readonly<Record<string, string>>>;
  /** When a credential that `get` returned expires, in milliseconds since the epoch; undefined if it is not stored. */
  expiresAt(registry: Registry, credential: Held): Promise<number | undefined>;
  version(): string;
  /** Does the work that an answer need not wait for. Never fails, and takes at most a second. */
  tidy(): Promise<void>;
}

/** What answers requests. The two functions load what a warm get does not need; each call returns the same object. */
export interface Rooms {
  readonly warm: WarmPort;
  cold(): Promise<ColdPorts>;
  others(): Promise<OtherLogins>;
}

/** Docker's credential helper protocol: https://github.com/docker/docker-credential-helpers. Never throws. */
export async function serve(
  action: HelperAction,
  readInput: () => Promise<string>,
  rooms: Rooms,
): Promise<Reply> {
  try {
    switch (action) {
      case "get":
        return await get(await readInput(), rooms);
      case "store":
        return await store(await readInput(), rooms);
      case "erase":
        return await erase(await readInput(), rooms);
      case "list":
        return line(JSON.stringify(await (await rooms.cold()).list()));
      case "version":
        return line((await rooms.cold()).version());
    }
  } catch (error) {
    return told(error);
  }
}

async function get(input: string, rooms: Rooms): Promise<Reply> {
  const serverUrl = input.trim();
  if (serverUrl === "") return refuse(wire.noServerUrl);
  // No server URL begins like this; every request of Bazel does.
  if (serverUrl.startsWith("{")) {
    const { answerBazel } = await import("./bazel.ts");
    return line(await answerBazel(serverUrl, await rooms.cold()));
  }
  const held = await heldFor(input, serverUrl, rooms);
  // The answer repeats the URL as it came: testcontainers uses it as the registry's address.
  return held
    ? line(JSON.stringify({ ServerURL: serverUrl, Username: held.username, Secret: held.secret }))
    : refuse(wire.notFound);
}

async function heldFor(input: string, serverUrl: string, rooms: Rooms): Promise<Held | undefined> {
  const { warm } = rooms;
  // Docker sends a canonical host. Only parsed hosts have token files, so a host that has a file needs no parsing:
  // compiling its regular expressions takes a twentieth of the start.
  const isAlone = input === serverUrl || input === `${serverUrl}\n`;
  const early = isAlone && isPlainHost(serverUrl) ? await warm.warm(serverUrl) : undefined;
  if (early) return early;
  const url = readUrl(input);
  const lying = await warm.warm(url.host);
  if (lying) return lying;
  const registry = await registryOf(url, rooms);
  if (registry) return getOfEcr(registry, await rooms.cold());
  return mayHold(serverUrl, rooms) ? (await rooms.others()).get(serverUrl) : undefined;
}

/** @throws LoginMissing, and where config.yaml says so Failure */
async function getOfEcr(registry: Registry, cold: ColdPorts): Promise<Held | undefined> {
  try {
    return await cold.get(registry);
  } catch (error) {
    throw (await cold.reportsFailures()) ? error : new LoginMissing(error);
  }
}

function readUrl(text: string): Exclude<ServerUrl, { kind: "malformed" }> {
  const url = readServerUrl(text);
  if (url.kind === "malformed") throw malformed(url.reason);
  return url;
}

/** The registry of a server URL; undefined if it is not ECR. */
async function registryOf(url: ReturnType<typeof readUrl>, rooms: Rooms): Promise<Registry | undefined> {
  if (url.kind === "ecr") return url.registry;
  return rooms.warm.isConfigured() ? (await rooms.cold()).aliased(url.host) : undefined;
}

/** Whether a login to a host outside ECR may be stored: most such requests are for anonymous pulls from Docker Hub. */
function mayHold(server: string, { warm }: Rooms): boolean {
  return warm.isConfigured() || warm.isMarked(server);
}

async function store(input: string, rooms: Rooms): Promise<Reply> {
  const credential = parseCredential(input);
  if (credential.ServerURL === "") return refuse(wire.noServerUrl);
  if (credential.Username === "") return refuse(wire.noUsername);
  const url = readUrl(credential.ServerURL);
  const registry = await registryOf(url, rooms);
  const login = { username: credential.Username, secret: credential.Secret };
  if (registry) await (await rooms.cold()).store(registry, login);
  else await (await rooms.others()).store(credential.ServerURL, login);
  return done;
}

async function erase(input: string, rooms: Rooms): Promise<Reply> {
  const serverUrl = input.trim();
  if (serverUrl === "") return refuse(wire.noServerUrl);
  const registry = await registryOf(readUrl(input), rooms);
  // podman, skopeo and buildah treat an error as a failed logout, even if nothing was stored.
  if (registry) await (await rooms.cold()).erase(registry);
  else if (mayHold(serverUrl, rooms)) await (await rooms.others()).erase(serverUrl);
  return done;
}

function malformed(reason: string): Failure {
  return new Failure(
    "BAD_SERVER_URL",
    `the server URL was refused: ${reason}`,
    "send a registry's host name on stdin",
  );
}
