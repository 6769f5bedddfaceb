import { Failure } from "../../token/failure.ts";
import { addition } from "../json/edit-map.ts";
import {
  entriesByName,
  type GoString,
  isField,
  keyOf,
  propertiesNamed,
  valueNode,
} from "../json/go-fields.ts";
import { type Node, parseJson } from "../json/syntax.ts";
import { applied, type Edit, insertion, inverse, isBlank, removals, replacement } from "../json/text.ts";
import { ecrLoginName } from "./ecr-login.ts";
import { type LocatedConfig, readToEdit } from "./read-config.ts";

/** The helper's name as Docker's config.json has it: the program's less "docker-credential-". */
export const helperName = "ecr";

/** Which registries Docker asks this helper for. */
export type HelperConfig =
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
  /** What makes `text` again what it was, byte for byte, while no other program has written the file. */
  readonly back: readonly Edit[];
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
    if (before !== null && before !== helperName && !replace) throw taken("credsStore", before, name, "all");
    if (before === helperName) return unchanged(text);
    if (config.logins.length > 0 && !replace) throw wouldHide(config.logins, name);
    return edited(base, [storeEdit(base, root, credsStore, helperName)], { credsStore: before });
  }
  const edits: Edit[] = [];
  const added: (readonly [string, string])[] = [];
  const credHelpers: Record<string, string | null> = {};
  for (const host of new Set(helperConfig.hosts)) {
    const entry = located.credHelpers.entries.get(host);
    const before = entry ? (config.credHelpers[host] ?? "") : null;
    if (before === helperName) continue;
    if (before !== null && !replace) throw taken(`credHelpers for ${host}`, before, name, "hosts");
    if (entry) edits.push(replacement(base, valueNode(entry), helperName, 2));
    else added.push([host, helperName]);
    credHelpers[host] = before;
  }
  if (added.length > 0) edits.push(addition(base, "credHelpers", added));
  return edits.length > 0 ? edited(base, edits, { credHelpers }) : unchanged(text);
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

/** Every place of another helper is this one's; what it served it knows of by itself, so no login gets hidden. */
function takeOver(
  text: string,
  { config, credHelpers, credsStore, root }: LocatedConfig,
  helper: string,
): Edited | undefined {
  const edits: Edit[] = [];
  const helpers: Record<string, string> = {};
  for (const [host, entry] of credHelpers.entries) {
    if (valueNode(entry).value !== helper) continue;
    edits.push(replacement(text, valueNode(entry), helperName, 2));
    helpers[host] = helper;
  }
  const isStore = config.credsStore === helper;
  if (isStore) edits.push(storeEdit(text, root, credsStore, helperName));
  if (edits.length === 0) return undefined;
  return edited(text, edits, {
    ...(isStore && { credsStore: helper }),
    ...(Object.keys(helpers).length > 0 && { credHelpers: helpers }),
  });
}

/**
 * Docker's config.json without this helper: what it had replaced is there again, what it had added is gone.
 * A place that another program has given to another helper since is left alone.
 *
 * @throws Failure DOCKER_CONFIG_SYNTAX
 */
export function unconfigure(text: string, replaced: Replaced, name?: string): string {
  if (isBlank(text)) return text;
  const after = applied(text, unwiring(text, replaced, name));
  // An object that only this program had filled: as it was before, but for white space in it.
  return after === text ? text : after.replace(/^\s*\{\s*\}/, "{}");
}

function unwiring(text: string, replaced: Replaced, name: string | undefined): readonly Edit[] {
  const { root } = readToEdit(text, name);
  const edits: Edit[] = [];
  const gone = new Set<Node>();
  // Of several properties with one name the last counts, and the one before it once that is gone.
  const putBack = (properties: readonly Node[], before: string | null | undefined, depth: number) => {
    for (const property of properties.toReversed()) {
      if (valueNode(property).value !== helperName) return;
      if (typeof before === "string" && before !== helperName)
        return void edits.push(replacement(text, valueNode(property), before, depth));
      gone.add(property);
    }
  };
  const stores = propertiesNamed(root, "credsStore").filter((each) => valueNode(each).type !== "null");
  putBack(stores, replaced.credsStore || undefined, 1);
  for (const [host, entries] of entriesByName(root, "credHelpers"))
    putBack(entries, ownValue(replaced.credHelpers, host), 2);
  const holders = new Set([...gone].flatMap(({ parent }) => (parent === root ? [] : (parent ?? []))));
  for (const object of holders) {
    if (object.parent && object.children.every((entry) => gone.has(entry))) gone.add(object.parent);
    else edits.push(...removals(object, (entry) => gone.has(entry)));
  }
  return [
    ...edits,
    ...(root.children.some((each) => gone.has(each)) ? removals(root, (each) => gone.has(each)) : []),
  ];
}

/** A host may be called "constructor". */
function ownValue(values: Replaced["credHelpers"], key: string): string | null | undefined {
  return values && Object.hasOwn(values, key) ? values[key] : undefined;
}

/**
 * The file with every text in it masked but for the helpers' names: logins, headers and proxies hold
 * secrets, and where all stands in one line no choice of lines keeps them out.
 */
export function withoutSecrets(text: string): string {
  if (isBlank(text)) return text;
  const { root, problem, rest = text.length } = parseJson(text);
  if (!root) return `${text.length} characters that are not JSON: ${problem}`;
  const helpers = root.children.filter((each) => helperFields.some((field) => isField(keyOf(each), field)));
  let next = 0;
  const isHelper = (at: number) => {
    for (; ; next++) {
      const { offset = Number.POSITIVE_INFINITY, length = 0 } = helpers[next] ?? {};
      if (at < offset + length) return offset <= at;
    }
  };
  let shown = "";
  let done = 0;
  for (const [from, to] of stringsIn(text.slice(0, rest))) {
    if (/^[ \t\r\n]*:/.test(text.slice(to, to + 100))) continue;
    if (isHelper(from) && !isEncodedLogin(text.slice(from + 1, to - 1))) continue;
    shown += `${text.slice(done, from)}"…"`;
    done = to;
  }
  return shown + text.slice(done, rest) + (rest < text.length ? "…" : "");
}

/** Whether a text is `user:password` in base64, which is no helper's name even where one belongs. */
function isEncodedLogin(text: string): boolean {
  return Buffer.from(text, "base64").includes(":");
}

/** Where the strings of a JSON text are, names of properties too. */
function* stringsIn(text: string): Iterable<readonly [from: number, to: number]> {
  for (let from = text.indexOf('"'); from >= 0; ) {
    let end = from + 1;
    while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
    yield [from, end + 1];
    from = text.indexOf('"', end + 1);
  }
}

const helperFields = ["credsStore", "credHelpers"];

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

function taken(place: string, helper: string, name: string, helperConfig: "all" | "hosts"): Failure {
  // An empty name is how Docker is told to ask nobody.
  const what =
    helper === ""
      ? `by ${place} in ${name} Docker asks no helper`
      : `another helper, ${helper}, has ${place} in ${name}`;
  const isEcrLogin = helper === ecrLoginName;
  const fix = isEcrLogin
    ? "take over from it with --replace-ecr-login"
    : "give this helper its place with --replace";
  const instead = helperConfig === "all" ? "name single registries instead of --all, or " : "";
  return new Failure("DOCKER_CONFIG_TAKEN", what, `${instead}${fix}`);
}

function wouldHide(hosts: readonly string[], name: string): Failure {
  return new Failure(
    "DOCKER_CONFIG_TAKEN",
    `with --all Docker would no longer use the logins in ${name} for ${hosts.join(", ")}`,
    "move them into this helper's keeping with --import, name single registries instead of --all, or give --replace and log in to those again",
  );
}
