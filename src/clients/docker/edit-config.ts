import { Failure } from "../../token/failure.ts";
import { foreignName, foreignNames } from "../../token/foreign-text.ts";
import { addition } from "../json/edit-map.ts";
import { entriesByName, type GoString, propertiesNamed, valueNode } from "../json/go-fields.ts";
import type { Node } from "../json/syntax.ts";
import { applied, type Edit, insertion, inverse, isBlank, removals, replacement } from "../json/text.ts";
import { ecrLoginName } from "./ecr-login.ts";
import { type LocatedConfig, readToEdit } from "./read-config.ts";

/** The helper's name in Docker's config.json: the program's name without "docker-credential-". */
export const helperName = "ecr";

/** The registries for which Docker uses this helper. */
export type HelperConfig =
  /** `credHelpers`: exactly these hosts. */
  | { readonly kind: "hosts"; readonly hosts: readonly string[] }
  /** `credsStore`: every registry that no `credHelpers` entry names. */
  | { readonly kind: "all" }
  /** All registries for which Docker uses this other helper now. */
  | { readonly kind: "instead-of"; readonly helper: string };

/** The values that this program replaced, so that they can be restored; null: there was none. */
export interface Replaced {
  readonly credsStore?: string | null;
  readonly credHelpers?: Readonly<Record<string, string | null>>;
}

export interface Edited {
  readonly text: string;
  readonly replaced: Replaced;
  /** The edits that restore the original of `text`, byte for byte, if no other program has written the file. */
  readonly back: readonly Edit[];
}

/** The content of the file if Docker has none yet. */
export const emptyConfig = "{}\n";

/**
 * Docker's config.json with this helper configured. All other keys, their order and the layout of the file stay.
 *
 * @param replace whether another helper may be replaced
 * @param name of the file, for messages
 * @throws Failure DOCKER_CONFIG_SYNTAX, DOCKER_CONFIG_TAKEN
 */
export function configure(
  text: string,
  helperConfig: HelperConfig,
  replace: boolean,
  name = "Docker's config.json",
): Edited {
  const base = isBlank(text) ? emptyConfig : text;
  const located = readToEdit(base, name);
  if (helperConfig.kind === "instead-of")
    return takeOver(base, located, helperConfig.helper) ?? unchanged(text);
  const { config, credsStore, root } = located;
  if (helperConfig.kind === "all") {
    const before = config.credsStore ?? null;
    if (before !== null && before !== helperName && !replace)
      throw takenFailure("credsStore", before, name, "all");
    if (before === helperName) return unchanged(text);
    if (config.logins.length > 0 && !replace) throw wouldHide(config.logins, name);
    // An empty name is a value too: without it, Docker would use an earlier property of this name.
    const previous = credsStore.property ? credsStore.value : null;
    return edited(base, [storeEdit(base, root, credsStore, helperName)], { credsStore: previous });
  }
  const edits: Edit[] = [];
  const added: (readonly [string, string])[] = [];
  // Entries, since a host may be called "__proto__".
  const previous: [string, string | null][] = [];
  for (const host of new Set(helperConfig.hosts)) {
    const entry = located.credHelpers.entries.get(host);
    const before = entry ? (config.credHelpers[host] ?? "") : null;
    if (before === helperName) continue;
    if (before !== null && !replace) throw takenFailure(`credHelpers for ${host}`, before, name, "hosts");
    if (entry) edits.push(replacement(base, valueNode(entry), helperName, 2));
    else added.push([host, helperName]);
    previous.push([host, before]);
  }
  if (added.length > 0) edits.push(addition(base, "credHelpers", added));
  return edits.length > 0
    ? edited(base, edits, { credHelpers: Object.fromEntries(previous) })
    : unchanged(text);
}

function unchanged(text: string): Edited {
  return { text, replaced: {}, back: [] };
}

function edited(text: string, edits: readonly Edit[], replaced: Replaced): Edited {
  return { text: applied(text, edits), replaced, back: inverse(text, edits) };
}

function storeEdit(text: string, root: Node, { property }: GoString, helper: string): Edit {
  if (property) return replacement(text, valueNode(property), helper, 1);
  return insertion(text, root, [["credsStore", helper]], 1);
}

/** Replaces another helper everywhere. Its own logins are not in the file, so no login is hidden. */
function takeOver(
  text: string,
  { config, credHelpers, credsStore, root }: LocatedConfig,
  helper: string,
): Edited | undefined {
  const edits: Edit[] = [];
  const helpers: [string, string][] = [];
  for (const [host, entry] of credHelpers.entries) {
    if (valueNode(entry).value !== helper) continue;
    edits.push(replacement(text, valueNode(entry), helperName, 2));
    helpers.push([host, helper]);
  }
  const isStore = config.credsStore === helper;
  if (isStore) edits.push(storeEdit(text, root, credsStore, helperName));
  if (edits.length === 0) return undefined;
  return edited(text, edits, {
    ...(isStore && { credsStore: helper }),
    ...(helpers.length > 0 && { credHelpers: Object.fromEntries(helpers) }),
  });
}

/**
 * Docker's config.json without what this program configured: replaced values are restored, added ones removed. A value that
 * a user or another program has written, before or since, is not touched, also if it names this helper.
 *
 * @throws Failure DOCKER_CONFIG_SYNTAX
 */
export function unconfigure(text: string, replaced: Replaced, name?: string): string {
  if (isBlank(text)) return text;
  const after = applied(text, unconfigureEdits(text, replaced, name));
  // The object contains only what this program wrote: restored, except for white space in it.
  return after === text ? text : after.replace(/^\s*\{\s*\}/, "{}");
}

function unconfigureEdits(text: string, replaced: Replaced, name: string | undefined): readonly Edit[] {
  const { root } = readToEdit(text, name);
  const edits: Edit[] = [];
  const removed = new Set<Node>();
  // Of several properties with the same name Docker uses the last, and after its removal the one before it.
  const restore = (properties: readonly Node[], before: string | null, depth: number) => {
    for (const property of properties.toReversed()) {
      if (valueNode(property).value !== helperName) return;
      if (typeof before === "string" && before !== helperName)
        return void edits.push(replacement(text, valueNode(property), before, depth));
      removed.add(property);
    }
  };
  const stores = propertiesNamed(root, "credsStore").filter((each) => valueNode(each).type !== "null");
  if (replaced.credsStore !== undefined) restore(stores, replaced.credsStore, 1);
  for (const [host, entries] of entriesByName(root, "credHelpers")) {
    const before = ownValue(replaced.credHelpers, host);
    if (before !== undefined) restore(entries, before, 2);
  }
  const parents = new Set([...removed].flatMap(({ parent }) => (parent === root ? [] : (parent ?? []))));
  for (const object of parents) {
    if (object.parent && object.children.every((entry) => removed.has(entry))) removed.add(object.parent);
    else edits.push(...removals(object, (entry) => removed.has(entry)));
  }
  return [
    ...edits,
    ...(root.children.some((each) => removed.has(each)) ? removals(root, (each) => removed.has(each)) : []),
  ];
}

/** Where the config names this helper: "credsStore", "credHelpers for HOST". @throws Failure DOCKER_CONFIG_SYNTAX */
export function placesOfHelper(text: string, name?: string): readonly string[] {
  if (isBlank(text)) return [];
  const { credsStore, credHelpers } = readToEdit(text, name).config;
  const hosts = Object.keys(credHelpers).filter((host) => credHelpers[host] === helperName);
  return [
    ...(credsStore === helperName ? ["credsStore"] : []),
    ...hosts.map((host) => `credHelpers for ${foreignName(host)}`),
  ];
}

/** A host may be called "constructor". */
function ownValue(values: Replaced["credHelpers"], key: string): string | null | undefined {
  return values && Object.hasOwn(values, key) ? values[key] : undefined;
}

/**
 * Merges the replaced values of two edits; the newer ones take precedence. An edit reports only values other than this
 * helper, so they are the last ones that the user had.
 */
export function mergeReplaced(older: Replaced, newer: Replaced): Replaced {
  const credHelpers = { ...older.credHelpers, ...newer.credHelpers };
  return {
    ...older,
    ...newer,
    ...(Object.keys(credHelpers).length > 0 && { credHelpers }),
  };
}

function takenFailure(key: string, helper: string, name: string, helperConfig: "all" | "hosts"): Failure {
  // An empty name disables helpers in Docker.
  const what =
    helper === ""
      ? `${key} in ${name} disables helpers`
      : `${key} in ${name} is already set to another helper, ${helper}`;
  const isEcrLogin = helper === ecrLoginName;
  const fix = isEcrLogin ? "replace it with --replace-ecr-login" : "replace it with --replace";
  const instead = helperConfig === "all" ? "name single registries instead, or " : "";
  return new Failure("DOCKER_CONFIG_TAKEN", what, `${instead}${fix}`);
}

function wouldHide(hosts: readonly string[], name: string): Failure {
  return new Failure(
    "DOCKER_CONFIG_TAKEN",
    `with --all Docker would no longer use the logins in ${name} for ${foreignNames(hosts)}`,
    "import them with --import, name single registries instead of --all, or use --replace and log in to those again",
  );
}
