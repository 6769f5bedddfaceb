/**
 * JSON as Go's encoding/json takes it, since Docker and podman are written in Go: no comment, no byte order mark, 10,000
 * levels at most, and half a surrogate pair is U+FFFD.
 */
export interface Node {
  readonly type: "object" | "array" | "property" | "string" | "number" | "boolean" | "null";
  readonly offset: number;
  length: number;
  /** Of a string: what it means. */
  readonly value?: string;
  /** Of an object: its properties; of a property: key and value. What is in an array no reader asks for. */
  readonly children: readonly Node[];
  readonly parent?: Node;
}

export interface JsonText {
  readonly root?: Node;
  /** Why it is no JSON, with line and column; absent: it is. */
  readonly problem?: string;
  /** Where text begins that is behind the value; Docker reads no further. */
  readonly rest?: number;
}

/** Go's limit: encoding/json, scanner.go (maxNestingDepth). */
const deepest = 10_000;

export function parseJson(text: string): JsonText {
  try {
    const root = parseValue(text);
    const rest = skipBlanks(text, root.offset + root.length);
    return rest === text.length ? { root } : { root, rest };
  } catch (error) {
    if (error instanceof SyntaxProblem) return { problem: describe(text, error.at, error.why) };
    throw error;
  }
}

/** Line and column, as editors count them. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** The value that a node stands for. Of properties with one name the last counts. */
export function parsedValue(text: string, { offset, length }: Node): unknown {
  return JSON.parse(text.slice(offset, offset + length));
}

class SyntaxProblem extends Error {
  constructor(
    readonly at: number,
    readonly why: string,
  ) {
    super(why);
  }
}

function describe(text: string, at: number, why: string): string {
  if (text.startsWith("\ufeff")) return "it starts with a byte order mark, which Docker does not take";
  return `${why} in ${placeOf(text, at)}`;
}

interface Growing extends Node {
  readonly children: Growing[];
  readonly parent?: Growing;
}

/** A loop and a stack of its own: a file must not be able to use up the program's. */
function parseValue(text: string): Node {
  const open: Growing[] = [];
  let at = 0;
  for (;;) {
    let node = scalarOrOpening(text, skipBlanks(text, at), open.at(-1));
    at = node.offset + node.length;
    if (node.type === "object" || node.type === "array") {
      if (open.push(node) > deepest) throw new SyntaxProblem(node.offset, "more than 10,000 levels");
      at = skipBlanks(text, at);
      if (text[at] !== closingOf(node)) {
        if (node.type === "object") at = readKey(text, at, node);
        continue;
      }
    }
    // A value is complete, and with it perhaps what it is in.
    for (;;) {
      at = skipBlanks(text, at);
      const container = open.at(-1);
      if (!container) return node;
      if (text[at] === closingOf(container)) {
        at += 1;
        open.pop();
        end(container, at);
        node = container;
        if (open.length === 0) return node;
        continue;
      }
      if (text[at] !== ",") throw new SyntaxProblem(at, unexpected(text, at));
      at += 1;
      if (container.type === "object") at = readKey(text, skipBlanks(text, at), container);
      break;
    }
  }
}

function closingOf({ type }: Node): string {
  return type === "object" ? "}" : "]";
}

function end(node: Growing, at: number): void {
  node.length = at - node.offset;
  if (node.parent?.type === "property") node.parent.length = at - node.parent.offset;
}

/** @returns where the value begins, at the earliest */
function readKey(text: string, at: number, object: Growing): number {
  if (text[at] !== '"') throw new SyntaxProblem(at, unexpected(text, at));
  const property: Growing = { type: "property", offset: at, length: 0, children: [], parent: object };
  const key = stringAt(text, at, property);
  property.children.push(key);
  object.children.push(property);
  const colon = skipBlanks(text, at + key.length);
  if (text[colon] !== ":") throw new SyntaxProblem(colon, unexpected(text, colon));
  return colon + 1;
}

/** A value without what is in it, put into its container. */
function scalarOrOpening(text: string, at: number, container: Growing | undefined): Growing {
  const parent = container?.type === "object" ? container.children.at(-1) : container;
  const node = nodeAt(text, at, parent);
  if (parent?.type !== "array") parent?.children.push(node);
  end(node, node.offset + node.length);
  return node;
}

/** Of what has none: millions of numbers have one list. */
const none: Growing[] = [];

const words = { n: ["null", "null"], t: ["true", "boolean"], f: ["false", "boolean"] } as const;

function nodeAt(text: string, at: number, parent: Growing | undefined): Growing {
  const first = text[at];
  const node = (type: Node["type"], length: number): Growing => ({
    type,
    offset: at,
    length,
    children: type === "object" ? [] : none,
    ...(parent && { parent }),
  });
  if (first === "{") return node("object", 1);
  if (first === "[") return node("array", 1);
  if (first === '"') return stringAt(text, at, parent);
  if (first === "n" || first === "t" || first === "f") {
    const [word, type] = words[first];
    if (text.startsWith(word, at)) return node(type, word.length);
  }
  number.lastIndex = at;
  const [digits] = number.exec(text) ?? [];
  if (digits === undefined) throw new SyntaxProblem(at, unexpected(text, at));
  return node("number", digits.length);
}

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

function stringAt(text: string, at: number, parent: Growing | undefined): Growing {
  let end = at + 1;
  let isPlain = true;
  for (; text[end] !== '"'; end++) {
    const code = text.charCodeAt(end);
    // Also where the text ends: NaN is less than nothing.
    if (!(code >= 0x20)) throw new SyntaxProblem(end, unexpected(text, end));
    if (code === 0x5c) {
      isPlain = false;
      end = endOfEscape(text, end);
    }
  }
  const raw = text.slice(at, end + 1);
  const value = isPlain ? raw.slice(1, -1) : (JSON.parse(raw) as string).toWellFormed();
  return { type: "string", offset: at, length: raw.length, value, children: none, ...(parent && { parent }) };
}

/** @returns the escape's last character. @param at its backslash */
function endOfEscape(text: string, at: number): number {
  if (text[at + 1] !== "u") {
    if ('"\\/bfnrt'.includes(text[at + 1] ?? " ")) return at + 1;
    throw new SyntaxProblem(at + 1, unexpected(text, at + 1));
  }
  for (let digit = at + 2; digit < at + 6; digit++) {
    if (!/[0-9a-fA-F]/.test(text[digit] ?? "")) throw new SyntaxProblem(digit, unexpected(text, digit));
  }
  return at + 5;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\t" || text[at] === "\r") at += 1;
  return at;
}

function unexpected(text: string, at: number): string {
  return at < text.length ? "an unexpected character" : "an unexpected end";
}
