import { type Node, placeOf } from "./syntax.ts";

/**
 * The result of Go's decoder for an object that it reads into a struct or a map of strings: encoding/json, decode.go. It
 * matches names in any case, uses the last of several strings and merges maps; null does not change a string and empties
 * a map.
 */
export interface GoMap {
  /** By key: the property that the decoder uses, in the order of the file. */
  readonly entries: ReadonlyMap<string, Node>;
  /** Where entries can be added: the last object, or a null in its place. Absent: in a new property after all others. */
  readonly place?: Node;
}

export interface GoString {
  readonly value: string;
  /** The property with the value, or the last null; absent if there is none. */
  readonly property?: Node;
}

/** A value has the wrong type, so Go's decoder refuses the whole file. */
export class WrongType extends Error {}

/** The result of `read`; undefined if a value has the wrong type. */
export function ifReadable<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof WrongType) return undefined;
    throw error;
  }
}

/** @param check called for every entry, even if a later one replaces it. @throws WrongType, and what `check` throws */
export function mapOf(
  text: string,
  object: Node,
  name: string,
  check: (entry: Node) => void = () => {},
): GoMap {
  const entries = new Map<string, Node>();
  let place: Node | undefined;
  let isHiding = false;
  for (const property of propertiesNamed(object, name)) {
    const value = valueNode(property);
    if (value.type === "null") {
      isHiding ||= entries.size > 0;
      entries.clear();
    } else if (value.type !== "object") throw wrongType(text, property, "an object");
    // An object instead of a null that hides others would reveal them.
    place = value.type === "null" && isHiding ? undefined : value;
    for (const entry of value.children) {
      check(entry);
      entries.set(keyOf(entry), entry);
    }
  }
  return { entries, ...(place && { place }) };
}

/** All entries of a map by key, in the order in which the decoder reads them. */
export function entriesByName(object: Node, name: string): ReadonlyMap<string, readonly Node[]> {
  const entries = new Map<string, Node[]>();
  for (const property of propertiesNamed(object, name)) {
    if (valueNode(property).type === "null") entries.clear();
    for (const entry of valueNode(property).children) {
      const others = entries.get(keyOf(entry));
      if (others) others.push(entry);
      else entries.set(keyOf(entry), [entry]);
    }
  }
  return entries;
}

/** @throws WrongType */
export function stringOf(text: string, object: Node, name: string): GoString {
  let result: GoString = { value: "" };
  for (const property of propertiesNamed(object, name)) {
    const { type, value = "" } = valueNode(property);
    if (type === "string") result = { value, property };
    else if (type !== "null") throw wrongType(text, property, "a string");
    else if (result.property === undefined || valueNode(result.property).type === "null")
      result = { value: "", property };
  }
  return result;
}

/** @throws WrongType if a value of a map is not a string */
export function assertString(text: string, entry: Node): void {
  const { type } = valueNode(entry);
  if (type !== "string" && type !== "null")
    throw new WrongType(`has an entry that is not a string (${placeOf(text, entry.offset)})`);
}

/** The properties from which the decoder reads a field of a struct. */
export function propertiesNamed({ children }: Node, name: string): readonly Node[] {
  return children.filter((property) => isField(keyOf(property), name));
}

/** Whether Go reads a key into the field of that name: bytes.EqualFold, which matches ſ with s and the Kelvin sign with k. */
export function isField(key: string, name: string): boolean {
  if (key === name) return true;
  // A character that folds to ASCII is a single unit, too.
  return key.length === name.length && key.replaceAll("ſ", "s").toLowerCase() === name.toLowerCase();
}

export function keyOf(property: Node): string {
  return property.children[0]?.value ?? "";
}

export function valueNode(property: Node): Node {
  return property.children[1] ?? property;
}

export function wrongType(text: string, property: Node, wanted: string): WrongType {
  return new WrongType(`is not ${wanted} (${placeOf(text, property.offset)})`);
}
