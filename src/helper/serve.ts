import type { Registry } from "../registry/registry.ts";
import { isPlainHost, readServerUrl, type ServerUrl } from "../registry/server-url.ts";
import { Failure } from "../token/failure.ts";
import type { OtherLogins } from "./other-logins.ts";
import { done, line, type Reply, refuse, told } from "./reply.ts";
import { type HelperAction, wire } from "./wire.ts";

/** What answers a `get`. */
export interface Held {
  readonly username: string;
  readonly secret: string;
}

/** What can be answered from what lies ready. */
export interface WarmPort {
  /** @param host ECR's, or another name that config.yaml gave to one */
  warm(host: string): Held | undefined;
  /** Whether there is a config.yaml, which may give ECR registries other names, or logins another place. */
  isConfigured(): boolean;
  /** Whether the keychain may hold a login to a server that is not ECR's. */
  isMarked(server: string): boolean;
}

/** The rest of the house. It is loaded only for what a warm get can't answer. */
export interface ColdPorts {
  /** The ECR registry that config.yaml gives another host's name, exactly that name. */
  aliased(host: string): Promise<Registry | undefined>;
  /** @returns undefined where nothing is held and nothing could be */
  get(registry: Registry): Promise<Held | undefined>;
  store(registry: Registry, held: Held): Promise<void>;
  erase(registry: Registry): Promise<void>;
  readonly others: OtherLogins;
  /** What `get` would answer without AWS, and others: server URL to username. */
  list(): Promise<Readonly<Record<string, string>>>;
  version(): string;
}

/** Docker's credential helper protocol: https://github.com/docker/docker-credential-helpers. Never throws. */
export async function serve(
  action: HelperAction,
  readInput: () => Promise<string>,
  warm: WarmPort,
  loadCold: () => Promise<ColdPorts>,
): Promise<Reply> {
  try {
    switch (action) {
      case "get":
        return await get(await readInput(), warm, loadCold);
      case "store":
        return await store(await readInput(), warm, loadCold);
      case "erase":
        return await erase(await readInput(), warm, loadCold);
      case "list":
        return line(JSON.stringify(await (await loadCold()).list()));
      case "version":
        return line((await loadCold()).version());
    }
  } catch (error) {
    return told(error);
  }
}

async function get(input: string, warm: WarmPort, loadCold: () => Promise<ColdPorts>): Promise<Reply> {
  const serverUrl = input.trim();
  if (serverUrl === "") return refuse(wire.noServerUrl);
  const held = await heldFor(input, serverUrl, warm, loadCold);
  // The URL goes back as it came: testcontainers uses it as the registry's address.
  return held
    ? line(JSON.stringify({ ServerURL: serverUrl, Username: held.username, Secret: held.secret }))
    : refuse(wire.notFound);
}

async function heldFor(
  input: string,
  serverUrl: string,
  warm: WarmPort,
  loadCold: () => Promise<ColdPorts>,
): Promise<Held | undefined> {
  // What Docker sends is canonical already. Only hosts that were parsed have token files, so one that
  // has a file needs no parsing, whose regular expressions take a twentieth of a start to compile.
  const isAlone = input === serverUrl || input === `${serverUrl}\n`;
  const early = isAlone && isPlainHost(serverUrl) ? warm.warm(serverUrl) : undefined;
  if (early) return early;
  const url = readUrl(input);
  const lying = warm.warm(url.host);
  if (lying) return lying;
  const registry = await registryOf(url, warm, loadCold);
  if (registry) return (await loadCold()).get(registry);
  // Most are Docker Hub's, and pulled from anonymously.
  if (!warm.isConfigured() && !warm.isMarked(serverUrl)) return undefined;
  return (await loadCold()).others.get(serverUrl);
}

function readUrl(text: string): Exclude<ServerUrl, { kind: "malformed" }> {
  const url = readServerUrl(text);
  if (url.kind === "malformed") throw malformed(url.reason);
  return url;
}

/** The registry that a server URL names; undefined for one that is not ECR's. */
async function registryOf(
  url: ReturnType<typeof readUrl>,
  warm: WarmPort,
  loadCold: () => Promise<ColdPorts>,
): Promise<Registry | undefined> {
  if (url.kind === "ecr") return url.registry;
  return warm.isConfigured() ? (await loadCold()).aliased(url.host) : undefined;
}

async function store(input: string, warm: WarmPort, loadCold: () => Promise<ColdPorts>): Promise<Reply> {
  const credential = parseCredential(input);
  if (credential.ServerURL === "") return refuse(wire.noServerUrl);
  if (credential.Username === "") return refuse(wire.noUsername);
  const url = readUrl(credential.ServerURL);
  const registry = await registryOf(url, warm, loadCold);
  const cold = await loadCold();
  const login = { username: credential.Username, secret: credential.Secret };
  if (registry) await cold.store(registry, login);
  else await cold.others.store(credential.ServerURL, login);
  return done;
}

async function erase(input: string, warm: WarmPort, loadCold: () => Promise<ColdPorts>): Promise<Reply> {
  const serverUrl = input.trim();
  if (serverUrl === "") return refuse(wire.noServerUrl);
  const registry = await registryOf(readUrl(input), warm, loadCold);
  // podman, skopeo and buildah take an error for a failed logout, also where nothing was stored.
  if (registry) await (await loadCold()).erase(registry);
  else if (warm.isConfigured() || warm.isMarked(serverUrl)) await (await loadCold()).others.erase(serverUrl);
  return done;
}

interface Credential {
  readonly ServerURL: string;
  readonly Username: string;
  readonly Secret: string;
}

function parseCredential(input: string): Credential {
  try {
    const { ServerURL = "", Username = "", Secret = "" } = JSON.parse(input);
    if ([ServerURL, Username, Secret].every((field) => typeof field === "string")) {
      return { ServerURL: ServerURL.trim(), Username, Secret };
    }
  } catch {
    // Neither the text nor the parser's message, which quotes it, may go into an error: it holds a secret.
  }
  throw new Failure(
    "BAD_CREDENTIAL",
    "what was to be stored is not a credential",
    'send JSON with the strings "ServerURL", "Username" and "Secret" on stdin',
  );
}

function malformed(reason: string): Failure {
  return new Failure(
    "BAD_SERVER_URL",
    `the server URL was refused: ${reason}`,
    "send a registry's host name on stdin",
  );
}
