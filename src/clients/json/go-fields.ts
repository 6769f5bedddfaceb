import { type Node, placeOf } from "./syntax.ts";

/**
 * What Go's decoder finds in an object that it reads into a struct or a map of strings: encoding/json, decode.go. Names
 * count in any case, of several the last wins, maps are merged, and null leaves a string as it is and empties a map.
 */
export interface GoMap {
  /** By key: the property that counts, in the file's order. */
  readonly entries: ReadonlyMap<string, Node>;
  /** Where entries are added: the last object, or a null that stands for one. Absent: in a property behind all others. */
  readonly place?: Node;
}

export interface GoString {
  readonly value: string;
  /** The property that says so, or the last null; absent: there is none. */
  readonly property?: Node;
}

/** A value is not of the type that its reader needs, which fails the whole file for it. */
export class WrongType extends Error {}

/** What a reading yields; undefined where a value is of the wrong type. */
export function ifReadable<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof WrongType) return undefined;
    throw error;
  }
}

/** @param check of every entry, also of one that a later one replaces. @throws WrongType, and what `check` throws */
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
    // An object in place of a null that hides others would show them again.
    place = value.type === "null" && isHiding ? undefined : value;
    for (const entry of value.children) {
      check(entry);
      entries.set(keyOf(entry), entry);
    }
  }
  return { entries, ...(place && { place }) };
}

/** All entries of a map by key, in the order in which its reader takes them. */
export function entriesByName(object: Node, name: string): ReadonlyMap<string, readonly Node[]> {
  const found = new Map<string, Node[]>();
  for (const property of propertiesNamed(object, name)) {
    if (valueNode(property).type === "null") found.clear();
    for (const entry of valueNode(property).children) {
      const others = found.get(keyOf(entry));
      if (others) others.push(entry);
      else found.set(keyOf(entry), [entry]);
    }
  }
  return found;
}

/** @throws WrongType */
export function stringOf(text: string, object: Node, name: string): GoString {
  let found: GoString = { value: "" };
  for (const property of propertiesNamed(object, name)) {
    const { type, value = "" } = valueNode(property);
    if (type === "string") found = { value, property };
    else if (type !== "null") throw wrongType(text, property, "a string");
    else if (found.property === undefined || valueNode(found.property).type === "null")
      found = { value: "", property };
  }
  return found;
}

/** @throws WrongType where a map's value is no string */
export function mustBeString(text: string, entry: Node): void {
  const { type } = valueNode(entry);
  if (type !== "string" && type !== "null")
    throw new WrongType(`has an entry that is not a string (${placeOf(text, entry.offset)})`);
}

/** The properties that a field of a struct is read from. */
export function propertiesNamed({ children }: Node, name: string): readonly Node[] {
  return children.filter((property) => isField(keyOf(property), name));
}

/** Whether Go reads a key into the field of that name: bytes.EqualFold, for which ſ is an s and the Kelvin sign a k. */
export function isField(key: string, name: string): boolean {
  if (key === name) return true;
  // Whatever folds to ASCII is one character, too.
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
