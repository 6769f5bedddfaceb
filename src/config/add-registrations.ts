import { isMap, isScalar, isSeq, type Pair, type ParsedNode, parseDocument, type YAMLMap } from "yaml";
import { checkConfig, parseConfig } from "./parse.ts";
import { schemaLine } from "./template.ts";

/** An account that one identity is to serve in every region. */
export interface AccountRegistration {
  readonly account: string;
  /** Kept fresh before the first pull. */
  readonly regions: readonly string[];
  readonly identity: string;
  /** Of an identity that is to be defined; absent: the file defines it. */
  readonly profile?: string;
}

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * A config.yaml with more registrations. All else in it stays as it is, byte for byte, comments too.
 *
 * @param text absent or empty: there is no file yet
 * @param schema the path of the JSON Schema, for the first line of a new file
 * @returns undefined where the file can't be edited so, for instance since it has `registries` by an alias
 */
export function addRegistrations(
  text: string | undefined,
  added: readonly AccountRegistration[],
  schema?: string,
): string | undefined {
  const isNew = text === undefined || text.trim() === "";
  const before = isNew ? `${schemaLine(schema)}version: 1\n` : text;
  const identities = new Map(
    added.flatMap(({ identity, profile }) => (profile === undefined ? [] : [[identity, profile] as const])),
  );
  const edits = [
    insertion(
      before,
      "identities",
      [...identities].map(([name, profile]) => `${spelt(name)}: { profile: ${spelt(profile)} }`),
    ),
    insertion(
      before,
      "registries",
      added.map(({ account, regions, identity }) => {
        const fields = [`account: "${account}"`, `regions: [${regions.join(", ")}]`, `identity: ${spelt(identity)}`];
        return fields;
      }),
    ),
  ];
  if (edits.includes(undefined)) return undefined;
  const after = applied(before, edits as Insertion[]);
  return isAsMeant(before, after, added.length, identities.size) ? after : undefined;
}

/** As YAML writes a text, in which a text in JSON's quotes is one too. */
export function spelt(name: string): string {
  return /^(?!(?:null|true|false)$)[a-z][\w-]*$/i.test(name) ? name : JSON.stringify(name);
}

/** @param items a mapping's as one line each; a list's as their fields */
function insertion(
  text: string,
  key: string,
  items: readonly (string | readonly string[])[],
): Insertion | undefined {
  if (items.length === 0) return { at: text.length, text: "" };
  const { contents } = parseDocument(text);
  if (!isMap(contents)) return undefined;
  const pair = (contents as YAMLMap.Parsed).items.find((each) => isScalar(each.key) && each.key.value === key);
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const block = (indent: string) => items.map((item) => blockItem(item, indent, eol)).join(eol);
  if (!pair) {
    const start = text.endsWith("\n") ? "" : eol;
    return { at: text.length, text: `${start}${key}:${eol}${block("  ")}${eol}` };
  }
  const { value } = pair as Pair<ParsedNode, ParsedNode | null>;
  if (value === null || (isScalar(value) && value.value === null && value.source === "")) {
    return { at: endOfLine(text, (pair.key as ParsedNode).range[1]), text: eol + block("  ") };
  }
  if (!isMap(value) && !isSeq(value)) return undefined;
  if (value.flow) {
    const closing = value.range[1] - 1;
    const isOpen = value.items.length > 0 && !text.slice(0, closing).trimEnd().endsWith(",");
    return { at: closing, text: `${isOpen ? ", " : ""}${items.map(flowItem).join(", ")}` };
  }
  const start = value.range[0];
  const indent = " ".repeat(start - (text.lastIndexOf("\n", start - 1) + 1));
  return { at: endOfLine(text, endOf(value, text)), text: eol + block(indent) };
}

function blockItem(item: string | readonly string[], indent: string, eol: string): string {
  if (typeof item === "string") return indent + item;
  return item.map((field, index) => `${indent}${index === 0 ? "- " : "  "}${field}`).join(eol);
}

function flowItem(item: string | readonly string[]): string {
  return typeof item === "string" ? item : `{ ${item.join(", ")} }`;
}

/** Where the text of a block ends, without the line ends after it. */
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
  let after = text;
  // Of two at one place, the end of the file, the first one stays first.
  for (const { at, text: more } of edits.toReversed().toSorted((a, b) => b.at - a.at)) {
    after = after.slice(0, at) + more + after.slice(at);
  }
  return after;
}

/** YAML has more forms than were looked at: what comes out must be what is meant, and all that was there before. */
function isAsMeant(before: string, after: string, registrations: number, identities: number): boolean {
  if (checkConfig(after, "").length > 0) return false;
  const [old, now] = [parseConfig(before, ""), parseConfig(after, "")];
  const { length } = old.registries;
  const targets = (config: typeof old) => config.registries.map(({ line, ...each }) => each);
  const kept = Object.entries(old.identities).every(([name, each]) =>
    Bun.deepEquals(each, now.identities[name]),
  );
  return (
    kept &&
    Object.keys(now.identities).length === Object.keys(old.identities).length + identities &&
    now.registries.length === length + registrations &&
    Bun.deepEquals(targets(now).slice(0, length), targets(old))
  );
}
