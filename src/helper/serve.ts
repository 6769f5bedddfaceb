import type { Registry } from "../registry/registry.ts";
import { isPlainHost, readServerUrl, type ServerUrl } from "../registry/server-url.ts";
import { Failure } from "../token/failure.ts";
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
  /** Whether there is a config.yaml, which may give ECR registries other names. */
  isConfigured(): boolean;
}

/** The rest of the house. It is loaded only for what a warm get can't answer. */
export interface ColdPorts {
  /** The ECR registry that config.yaml gives another host's name, exactly that name. */
  aliased(host: string): Promise<Registry | undefined>;
  /** @returns undefined where nothing is held and nothing could be */
  get(registry: Registry): Promise<Held | undefined>;
  store(registry: Registry, held: Held): Promise<void>;
  erase(registry: Registry): Promise<void>;
  /** What `get` would answer without AWS: server URL to username. */
  list(): Promise<Readonly<Record<string, string>>>;
  version(): string;
}

/** How a call ends. Both texts end with a line end or are empty. */
export interface Reply {
  /** Errors too: clients read nothing else. */
  readonly stdout: string;
  /**
   * A failure once more, for the person: `docker pull` and `docker login` drop what a helper says on
   * stdout, go on without credentials and show that instead, but pass its stderr to the terminal. Empty
   * on success, where older testcontainers take it for a part of the answer, and with the wire's own words.
   */
  readonly stderr: string;
  readonly exitCode: 0 | 1;
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

/** An error in one line, for the client and for the person. */
export function told(error: unknown): Reply {
  const { oneLine } = error instanceof Failure ? error : unexpected(error);
  return { ...refuse(oneLine), stderr: `docker-credential-ecr: ${oneLine}\n` };
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
  return registry && (await loadCold()).get(registry);
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
  if (!registry) {
    throw new Failure(
      "NOT_ECR",
      `the login to ${url.host} was not stored: it is not an Amazon ECR registry, and this version keeps no others`,
      "name another helper for it under credHelpers in Docker's config.json",
    );
  }
  const cold = await loadCold();
  await cold.store(registry, { username: credential.Username, secret: credential.Secret });
  return { stdout: "", stderr: "", exitCode: 0 };
}

async function erase(input: string, warm: WarmPort, loadCold: () => Promise<ColdPorts>): Promise<Reply> {
  if (input.trim() === "") return refuse(wire.noServerUrl);
  const registry = await registryOf(readUrl(input), warm, loadCold);
  // podman, skopeo and buildah take an error for a failed logout, also where nothing was stored.
  if (registry) await (await loadCold()).erase(registry);
  return { stdout: "", stderr: "", exitCode: 0 };
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

function unexpected(error: unknown): Failure {
  const name = error instanceof Error ? error.name : typeof error;
  return new Failure(
    "INTERNAL",
    `an error that nobody foresaw (${name})`,
    "please report it with the log of the state folder",
    {
      cause: error,
    },
  );
}

function line(text: string): Reply {
  return { stdout: `${text}\n`, stderr: "", exitCode: 0 };
}

function refuse(text: string): Reply {
  return { stdout: `${text}\n`, stderr: "", exitCode: 1 };
}
