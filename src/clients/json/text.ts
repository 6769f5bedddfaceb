import type { Node } from "./syntax.ts";

/** A part of a text and its replacement. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly content: string;
}

/** Whether a text is only white space, which Docker treats as `{}`. */
export function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

/** The text with edits that don't overlap. */
export function applied(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let done = 0;
  for (const { offset, length, content } of sorted(edits)) {
    pieces.push(text.slice(done, offset), content);
    done = offset + length;
  }
  return pieces.join("") + text.slice(done);
}

/** The edits that restore the text from the result of `applied`. */
export function inverse(text: string, edits: readonly Edit[]): readonly Edit[] {
  let shift = 0;
  return sorted(edits).map(({ offset, length, content }) => {
    const back = {
      offset: offset + shift,
      length: content.length,
      content: text.slice(offset, offset + length),
    };
    shift += content.length - length;
    return back;
  });
}

function sorted(edits: readonly Edit[]): readonly Edit[] {
  return edits.toSorted((a, b) => a.offset - b.offset);
}

/**
 * The edit that adds properties at the end of an object, in the layout of the file. Other lines stay unchanged.
 *
 * @param depth of the properties; those of the root object have depth 1
 */
export function insertion(
  text: string,
  object: Node,
  properties: readonly (readonly [key: string, value: unknown])[],
  depth: number,
): Edit {
  const last = object.children.at(-1);
  const end = object.offset + object.length - 1;
  const start = last ? endOf(last) : object.offset + 1;
  const isOneLine = last !== undefined && !text.slice(object.offset, end).includes("\n");
  const layout = layoutOf(text);
  const before = isOneLine ? " " : lineStart(layout, depth);
  const content = properties
    .map(([key, value]) => `${JSON.stringify(key)}: ${format(value, layout, depth, isOneLine)}`)
    .join(`,${before}`);
  if (last) return { offset: start, length: 0, content: `,${before}${content}` };
  return { offset: start, length: end - start, content: before + content + lineStart(layout, depth - 1) };
}

/** The edit that replaces the value of a node, which is at `depth`. */
export function replacement(text: string, node: Node, value: unknown, depth: number): Edit {
  const { offset, length } = node;
  if (typeof value === "string") return { offset, length, content: JSON.stringify(value) };
  const isOneLine = node.parent !== undefined && !textOf(text, node.parent.parent ?? node).includes("\n");
  return { offset, length, content: format(value, layoutOf(text), depth, isOneLine) };
}

/** The edits that remove properties of an object, each with one comma; an object without properties becomes `{}`. */
export function removals(object: Node, isRemoved: (property: Node) => boolean): readonly Edit[] {
  const properties = object.children;
  const firstKept = properties.findIndex((property) => !isRemoved(property));
  if (firstKept < 0) {
    return properties.length === 0 ? [] : [{ offset: object.offset, length: object.length, content: "{}" }];
  }
  return properties.flatMap((property, index) => {
    if (!isRemoved(property)) return [];
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

function format(value: unknown, layout: Layout, depth: number, isOneLine: boolean): string {
  const json = JSON.stringify(value, null, isOneLine ? undefined : layout.indent);
  return json.replaceAll("\n", lineStart(layout, depth));
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}

function textOf(text: string, node: Node): string {
  return text.slice(node.offset, endOf(node));
}
