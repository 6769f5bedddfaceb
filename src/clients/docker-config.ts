import { visit } from "jsonc-parser";
import { Failure } from "../token/failure.ts";
import { type DockerConfig, readDockerConfig } from "./docker-config-reading.ts";
import { ecrLoginName } from "./ecr-login.ts";
import { isBlank, set } from "./json-text.ts";

/** The helper's name as Docker's config.json has it: the program's less "docker-credential-". */
export const helperName = "ecr";

/** Which registries Docker asks this helper for. */
export type Wiring =
  /** `credHelpers`: these hosts, exactly as named. */
  | { readonly kind: "hosts"; readonly hosts: readonly string[] }
  /** `credsStore`: every registry that no `credHelpers` entry names. */
  | { readonly kind: "all" }
  /** Wherever Docker asks this other helper now. */
  | { readonly kind: "instead-of"; readonly helper: string };

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
 * @param name of the file, for messages
 * @throws Failure DOCKER_CONFIG_SYNTAX, DOCKER_CONFIG_TAKEN
 */
export function wire(text: string, wiring: Wiring, replace: boolean, name = "Docker's config.json"): Edited {
  const config = readDockerConfig(text, name);
  const base = isBlank(text) ? emptyConfig : text;
  if (wiring.kind === "instead-of") return takeOver(text, config, wiring.helper);
  if (wiring.kind === "all") {
    const before = config.credsStore ?? null;
    if (before !== null && before !== helperName && !replace) throw taken("credsStore", before, name, "all");
    if (before === helperName) return { text, replaced: {} };
    if (config.logins.length > 0 && !replace) throw wouldHide(config.logins, name);
    return { text: set(base, ["credsStore"], helperName), replaced: { credsStore: before } };
  }
  let edited = base;
  const credHelpers: Record<string, string | null> = {};
  for (const host of wiring.hosts) {
    const before = config.credHelpers[host] ?? null;
    if (before === helperName) continue;
    if (before !== null && !replace) throw taken(`credHelpers for ${host}`, before, name, "hosts");
    edited = set(edited, ["credHelpers", host], helperName);
    credHelpers[host] = before;
  }
  return { text: edited, replaced: Object.keys(credHelpers).length > 0 ? { credHelpers } : {} };
}

/** Every place of another helper is this one's; what it served it knows of by itself, so no login gets hidden. */
function takeOver(text: string, config: DockerConfig, helper: string): Edited {
  let edited = text;
  const credHelpers: Record<string, string> = {};
  for (const [host, before] of Object.entries(config.credHelpers)) {
    if (before !== helper) continue;
    edited = set(edited, ["credHelpers", host], helperName);
    credHelpers[host] = helper;
  }
  const isStore = config.credsStore === helper;
  if (isStore) edited = set(edited, ["credsStore"], helperName);
  const replaced = {
    ...(isStore && { credsStore: helper }),
    ...(Object.keys(credHelpers).length > 0 && { credHelpers }),
  };
  return { text: edited, replaced };
}

/**
 * Docker's config.json without this helper: what it had replaced stands again, what it had added is gone.
 * A place that somebody has given to another helper since is left alone.
 */
export function unwire(text: string, replaced: Replaced, name?: string): string {
  const config = readDockerConfig(text, name);
  let edited = text;
  if (config.credsStore === helperName)
    edited = set(edited, ["credsStore"], replaced.credsStore ?? undefined);
  const ours = Object.keys(config.credHelpers).filter((host) => config.credHelpers[host] === helperName);
  for (const host of ours) {
    edited = set(edited, ["credHelpers", host], replaced.credHelpers?.[host] ?? undefined);
  }
  const emptied = ours.length > 0 && Object.keys(readDockerConfig(edited).credHelpers).length === 0;
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

function taken(place: string, helper: string, name: string, wiring: "all" | "hosts"): Failure {
  // An empty name is how Docker is told to ask nobody.
  const what =
    helper === ""
      ? `by ${place} in ${name} Docker asks no helper`
      : `another helper, ${helper}, has ${place} in ${name}`;
  const isEcrLogin = helper === ecrLoginName;
  const mend = isEcrLogin
    ? "take over from it with --replace-ecr-login"
    : "give this helper its place with --replace";
  const instead = wiring === "all" ? "name single registries instead of --all, or " : "";
  return new Failure("DOCKER_CONFIG_TAKEN", what, `${instead}${mend}`);
}

function wouldHide(hosts: readonly string[], name: string): Failure {
  return new Failure(
    "DOCKER_CONFIG_TAKEN",
    `with --all Docker would no longer use the logins in ${name} for ${hosts.join(", ")}`,
    "move them into this helper's keeping with --import, name single registries instead of --all, or give --replace and log in to those again",
  );
}
