import {
  type Edit,
  findNodeAtLocation,
  modify,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";

/** A JSON file of another program: what is not edited in it stays, byte for byte. */
export interface JsonText {
  readonly root: Node | undefined;
  /** Why it is no JSON, with line and column; absent: it is. */
  readonly problem?: string;
}

export function parseJson(text: string): JsonText {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  const [error] = errors;
  if (!error) return { root };
  const before = text.slice(0, error.offset).split("\n");
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  return { root, problem: `${printParseErrorCode(error.error)} in ${place}` };
}

/** Whether it holds nothing but white space, which Docker takes for `{}`. */
export function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

/**
 * The text with edits that don't overlap. jsonc-parser's own copies the whole text for each of them, which takes
 * seconds for 2,000 tokens.
 */
export function applied(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let done = 0;
  for (const { offset, length, content } of edits.toSorted((a, b) => a.offset - b.offset)) {
    pieces.push(text.slice(done, offset), content);
    done = offset + length;
  }
  return pieces.join("") + text.slice(done);
}

/** The text with a value put in its place, or taken out where it is undefined. */
export function set(text: string, path: readonly [string, ...string[]], value: string | undefined): string {
  const root = parseTree(text);
  const exists = root !== undefined && findNodeAtLocation(root, [...path]) !== undefined;
  // Without formatting options a replacement touches the value alone, and a removal the property and its comma.
  if (exists || value === undefined) return applied(text, modify(text, [...path], value, {}));
  if (!root) return text;
  const [first, second] = path;
  if (second === undefined) return applied(text, [insertion(text, root, [[first, value]], 1)]);
  const parent = findNodeAtLocation(root, [first]);
  if (!parent) return applied(text, [insertion(text, root, [[first, { [second]: value }]], 1)]);
  if (parent.type === "null") return applied(text, [replacement(text, parent, { [second]: value }, 1)]);
  return applied(text, [insertion(text, parent, [[second, value]], 2)]);
}

/**
 * Properties put behind an object's last, laid out as the file is. jsonc-parser would lay the lines around
 * them out anew as well, and they are not ours.
 *
 * @param depth of the properties; those of the whole are at 1
 */
export function insertion(
  text: string,
  object: Node,
  properties: readonly (readonly [key: string, value: unknown])[],
  depth: number,
): Edit {
  const last = object.children?.at(-1);
  const end = object.offset + object.length - 1;
  const start = last ? last.offset + last.length : object.offset + 1;
  const isOneLine = last !== undefined && !text.slice(object.offset, end).includes("\n");
  const layout = layoutOf(text);
  const before = isOneLine ? " " : lineStart(layout, depth);
  const content = properties
    .map(([key, value]) => `${JSON.stringify(key)}: ${spell(value, layout, depth, isOneLine)}`)
    .join(`,${before}`);
  if (last) return { offset: start, length: 0, content: `,${before}${content}` };
  return { offset: start, length: end - start, content: before + content + lineStart(layout, depth - 1) };
}

/** A value in the place of another's node, which lies at `depth`. */
export function replacement(text: string, node: Node, value: unknown, depth: number): Edit {
  const { offset, length } = node;
  const isOneLine = node.parent !== undefined && !textOf(text, node.parent.parent ?? node).includes("\n");
  return { offset, length, content: spell(value, layoutOf(text), depth, isOneLine) };
}

/** An object's properties taken out, each with one comma; an object that nothing is left of becomes `{}`. */
export function removals(object: Node, isGone: (property: Node) => boolean): Edit[] {
  const properties = object.children ?? [];
  const firstKept = properties.findIndex((property) => !isGone(property));
  if (firstKept < 0) {
    return properties.length === 0 ? [] : [{ offset: object.offset, length: object.length, content: "{}" }];
  }
  return properties.flatMap((property, index) => {
    if (!isGone(property)) return [];
    const [before, after] = [properties[index - 1], properties[index + 1]];
    const from = index > firstKept && before ? endOf(before) : property.offset;
    const to = index < firstKept && after ? after.offset : endOf(property);
    return [{ offset: from, length: to - from, content: "" }];
  });
}

interface Layout {
  readonly newline: string;
  readonly indent: string;
}

function layoutOf(text: string): Layout {
  const newline = /\r?\n/.exec(text)?.[0] ?? "\n";
  return { newline, indent: /\n([ \t]+)"/.exec(text)?.[1] ?? "\t" };
}

function lineStart({ newline, indent }: Layout, depth: number): string {
  return newline + indent.repeat(depth);
}

function spell(value: unknown, layout: Layout, depth: number, isOneLine: boolean): string {
  const json = JSON.stringify(value, null, isOneLine ? undefined : layout.indent);
  return json.replaceAll("\n", lineStart(layout, depth));
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}

function textOf(text: string, node: Node): string {
  return text.slice(node.offset, endOf(node));
}
