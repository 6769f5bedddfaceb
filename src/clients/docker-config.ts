import { getNodeValue, visit } from "jsonc-parser";
import { Failure } from "../token/failure.ts";
import { isBlank, parseJson, set } from "./json-text.ts";

/** The helper's name as Docker's config.json has it: the program's less "docker-credential-". */
export const helperName = "ecr";

/** Which registries Docker asks this helper for. */
export type Wiring =
  /** `credHelpers`: these hosts, exactly as named. */
  | { readonly kind: "hosts"; readonly hosts: readonly string[] }
  /** `credsStore`: every registry that no `credHelpers` entry names. */
  | { readonly kind: "all" };

/** What stood where this program wrote, so that it can be put back; null: nothing did. */
export interface Replaced {
  readonly credsStore?: string | null;
  readonly credHelpers?: Readonly<Record<string, string | null>>;
}

export interface Edited {
  readonly text: string;
  readonly replaced: Replaced;
}

/** The file of a machine on which Docker has none yet. */
export const emptyConfig = "{}\n";

/**
 * Docker's config.json with this helper wired in. Every other key, their order and the file's layout stay.
 *
 * @param replace whether another helper may lose its place
 * @throws Failure DOCKER_CONFIG_SYNTAX, DOCKER_CONFIG_TAKEN
 */
export function wire(text: string, wiring: Wiring, replace: boolean): Edited {
  const config = read(text);
  const base = isBlank(text) ? emptyConfig : text;
  if (wiring.kind === "all") {
    const before = config.credsStore ?? null;
    if (before !== null && before !== helperName && !replace) throw taken("credsStore", before);
    if (before === helperName) return { text, replaced: {} };
    if (config.logins.length > 0 && !replace) throw wouldHide(config.logins);
    return { text: set(base, ["credsStore"], helperName), replaced: { credsStore: before } };
  }
  let edited = base;
  const credHelpers: Record<string, string | null> = {};
  for (const host of wiring.hosts) {
    const before = config.credHelpers[host] ?? null;
    if (before === helperName) continue;
    if (before !== null && !replace) throw taken(`credHelpers for ${host}`, before);
    edited = set(edited, ["credHelpers", host], helperName);
    credHelpers[host] = before;
  }
  return { text: edited, replaced: Object.keys(credHelpers).length > 0 ? { credHelpers } : {} };
}

/**
 * Docker's config.json without this helper: what it had replaced stands again, what it had added is gone.
 * A place that somebody has given to another helper since is left alone.
 */
export function unwire(text: string, replaced: Replaced): string {
  const config = read(text);
  let edited = text;
  if (config.credsStore === helperName)
    edited = set(edited, ["credsStore"], replaced.credsStore ?? undefined);
  const ours = Object.keys(config.credHelpers).filter((host) => config.credHelpers[host] === helperName);
  for (const host of ours) {
    edited = set(edited, ["credHelpers", host], replaced.credHelpers?.[host] ?? undefined);
  }
  const emptied = ours.length > 0 && Object.keys(read(edited).credHelpers).length === 0;
  if (emptied) edited = set(edited, ["credHelpers"], undefined);
  // An object that only this program had filled: as it was before, but for white space in it.
  return edited === text ? text : edited.replace(/^\s*\{\s*\}/, "{}");
}

/**
 * The file with every text in it masked but for the helpers' names: logins, headers and proxies hold
 * secrets, and where all stands in one line no choice of lines keeps them out.
 */
export function withoutSecrets(text: string): string {
  let shown = "";
  let done = 0;
  visit(text, {
    onLiteralValue: (value, offset, length, _line, _character, pathOf) => {
      const [first] = pathOf();
      if (typeof value !== "string" || first === "credsStore" || first === "credHelpers") return;
      shown += `${text.slice(done, offset)}"…"`;
      done = offset + length;
    },
  });
  return shown + text.slice(done);
}

/**
 * Two edits' worth of what was replaced: the newer word counts. An edit reports only places where this helper
 * did not stand, so what it found there is what the user had last.
 */
export function mergeReplaced(older: Replaced, newer: Replaced): Replaced {
  const credHelpers = { ...older.credHelpers, ...newer.credHelpers };
  return {
    ...older,
    ...newer,
    ...(Object.keys(credHelpers).length > 0 && { credHelpers }),
  };
}

interface DockerConfig {
  readonly credsStore?: string;
  readonly credHelpers: Readonly<Record<string, string>>;
  /** The hosts whose logins stand in the file itself and count only while there is no `credsStore`. */
  readonly logins: readonly string[];
}

function read(text: string): DockerConfig {
  if (isBlank(text)) return { credHelpers: {}, logins: [] };
  const { root, problem } = parseJson(text);
  if (!root || problem !== undefined) {
    throw new Failure(
      "DOCKER_CONFIG_SYNTAX",
      `Docker's config.json is not JSON: ${problem}`,
      "mend the file by hand; it was left as it is",
    );
  }
  const value: unknown = getNodeValue(root);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw shape("the whole", "an object");
  const { credsStore, credHelpers = {}, auths } = value as Record<string, unknown>;
  if (credsStore !== undefined && typeof credsStore !== "string") throw shape("credsStore", "a string");
  const isMap = typeof credHelpers === "object" && credHelpers !== null && !Array.isArray(credHelpers);
  if (!isMap || Object.values(credHelpers).some((name) => typeof name !== "string")) {
    throw shape("credHelpers", "an object of strings");
  }
  return {
    ...(credsStore ? { credsStore } : {}),
    credHelpers: credHelpers as Readonly<Record<string, string>>,
    logins: Object.entries(auths ?? {}).flatMap(([host, login]) =>
      isLogin(login) && !Object.hasOwn(credHelpers, host) ? [host] : [],
    ),
  };
}

/** Docker leaves an empty entry for a login that a helper keeps. */
function isLogin(entry: unknown): boolean {
  if (typeof entry !== "object" || entry === null) return false;
  const { auth, identitytoken, registrytoken, password } = entry as Record<string, unknown>;
  return [auth, identitytoken, registrytoken, password].some((value) => value !== undefined && value !== "");
}

function taken(place: string, helper: string): Failure {
  return new Failure(
    "DOCKER_CONFIG_TAKEN",
    `another helper, ${helper}, has ${place} in Docker's config.json`,
    "name single registries instead of --all, or give this helper its place with --replace",
  );
}

function wouldHide(hosts: readonly string[]): Failure {
  return new Failure(
    "DOCKER_CONFIG_TAKEN",
    `with --all Docker would no longer use the logins in config.json for ${hosts.join(", ")}`,
    "name single registries instead of --all, or give --replace and log in to those again",
  );
}

function shape(what: string, expected: string): Failure {
  return new Failure(
    "DOCKER_CONFIG_SYNTAX",
    `${what} in Docker's config.json is not ${expected}`,
    "mend the file by hand; it was left as it is",
  );
}
