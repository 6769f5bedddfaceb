import { isMap, isScalar, isSeq, type Pair, type ParsedNode, parseDocument, type YAMLMap } from "yaml";
import { checkConfig, parseConfig } from "./parse.ts";
import { schemaLine } from "./template.ts";

/** An entry for `registries`: one identity for an account, in all regions. */
export interface AccountRegistration {
  readonly account: string;
  /** The regions whose tokens are refreshed before the first pull. */
  readonly regions: readonly string[];
  readonly identity: string;
  /** The AWS profile of an identity to add; absent: the file already defines the identity. */
  readonly profile?: string;
}

interface Insertion {
  readonly at: number;
  readonly text: string;
  /** Whether it is a new top-level key, at the end of the file. */
  readonly isKey?: true;
}

/**
 * Adds registrations to the text of a config.yaml. The rest of the text, including comments, does not change.
 *
 * @param text undefined or empty: there is no file yet
 * @param schema the path of the JSON Schema, for the first line of a new file
 * @returns undefined if the file can't be edited this way, for example because `registries` is an alias
 */
export function addRegistrations(
  text: string | undefined,
  added: readonly AccountRegistration[],
  schema?: string,
): string | undefined {
  const isNew = text === undefined || text.trim() === "";
  const before = isNew ? `${schemaLine(schema)}version: 1\n` : text;
  const { identities, registries } = entriesOf(added);
  const items = (entries: readonly Entry[]) => entries.map(({ item }) => item);
  const { contents } = parseDocument(before);
  if (!isMap(contents)) return undefined;
  const edits = [
    insertion(before, contents, "identities", items(identities)),
    insertion(before, contents, "registries", items(registries)),
  ];
  if (edits.includes(undefined)) return undefined;
  const after = applied(before, edits as Insertion[]);
  return isValidResult(before, after, added.length, identities.length) ? after : undefined;
}

/** An entry as text: one line of a mapping, or the fields of an item of a list. */
interface Entry {
  readonly name: string;
  readonly item: string | readonly string[];
}

/** The entries for `identities` and `registries`, in their order. */
export function entriesOf(added: readonly AccountRegistration[]): {
  readonly identities: readonly Entry[];
  readonly registries: readonly Entry[];
} {
  const profiles = new Map(
    added.flatMap(({ identity, profile }) => (profile === undefined ? [] : [[identity, profile] as const])),
  );
  return {
    identities: [...profiles].map(([name, profile]) => ({
      name,
      item: `${yamlString(name)}: { profile: ${yamlString(profile)} }`,
    })),
    registries: added.map(({ account, regions, identity }) => ({
      name: account,
      item: [
        `account: "${account}"`,
        `regions: [${regions.join(", ")}]`,
        `identity: ${yamlString(identity)}`,
      ],
    })),
  };
}

/** A text as a YAML string. A JSON string is also a YAML string. */
export function yamlString(name: string): string {
  return /^(?!(?:null|true|false)$)[a-z][\w-]*$/i.test(name) ? name : JSON.stringify(name);
}

/** @param items one line for each entry of a mapping; the fields of each item of a list */
function insertion(
  text: string,
  { items: pairs }: YAMLMap.Parsed,
  key: string,
  items: readonly (string | readonly string[])[],
): Insertion | undefined {
  if (items.length === 0) return { at: text.length, text: "" };
  const pair = pairs.find((each) => isScalar(each.key) && each.key.value === key);
  const eol = eolOf(text);
  const block = (indent: string) => items.map((item) => blockItem(item, indent, eol)).join(eol);
  if (!pair) {
    return { at: text.length, text: `${key}:${eol}${block("  ")}${eol}`, isKey: true };
  }
  const { value } = pair as Pair<ParsedNode, ParsedNode | null>;
  if (!isMap(value) && !isSeq(value)) return undefined;
  if (value.flow) {
    const closing = value.range[1] - 1;
    const above = text.slice(0, closing);
    const isOpen = value.items.length > 0 && !above.trimEnd().endsWith(",");
    const added = `${isOpen ? ", " : ""}${items.map(flowItem).join(", ")}`;
    // A closing bracket on its own line stays there.
    return { at: closing, text: above.endsWith("\n") ? `  ${added}${eol}` : added };
  }
  const start = value.range[0];
  const indent = " ".repeat(start - (text.lastIndexOf("\n", start - 1) + 1));
  return { at: endOfLine(text, endOf(value, text)), text: eol + block(indent) };
}

/** @param indent of the first line */
export function blockItem(item: string | readonly string[], indent: string, eol: string): string {
  if (typeof item === "string") return indent + item;
  return item.map((field, index) => `${indent}${index === 0 ? "- " : "  "}${field}`).join(eol);
}

export function flowItem(item: string | readonly string[]): string {
  return typeof item === "string" ? item : `{ ${item.join(", ")} }`;
}

/** The end of a block's text, without the line breaks after it. */
function endOf({ range }: ParsedNode, text: string): number {
  let end = range[1];
  while (end > range[0] && /\s/.test(text[end - 1] ?? "")) end--;
  return end;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  if (end === -1) return text.length;
  return text[end - 1] === "\r" ? end - 1 : end;
}

function applied(text: string, edits: readonly Insertion[]): string {
  // If the list is the end of the file, a new key follows the items that are added to the list.
  const order = edits.toSorted((a, b) => a.at - b.at || Number(a.isKey ?? false) - Number(b.isKey ?? false));
  let done = 0;
  let after = "";
  for (const { at, text: more, isKey } of order) {
    const start = isKey && !`${after}${text.slice(done, at)}`.endsWith("\n") ? eolOf(text) : "";
    after += text.slice(done, at) + start + more;
    done = at;
  }
  return after + text.slice(done);
}

function eolOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** Checks the edited text, because YAML has more forms than the code above handles. */
function isValidResult(before: string, after: string, registrations: number, identities: number): boolean {
  if (checkConfig(after, "").length > 0) return false;
  const [old, now] = [parseConfig(before, ""), parseConfig(after, "")];
  const { length } = old.registries;
  const targets = (config: typeof old) => config.registries.map(({ line, ...each }) => each);
  const hasOldIdentities = Object.entries(old.identities).every(([name, each]) =>
    Bun.deepEquals(each, now.identities[name]),
  );
  return (
    hasOldIdentities &&
    Object.keys(now.identities).length === Object.keys(old.identities).length + identities &&
    now.registries.length === length + registrations &&
    Bun.deepEquals(targets(now).slice(0, length), targets(old))
  );
}
