import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type YAMLMap } from "yaml";
import type { KeyPath } from "./problem.ts";

interface Place {
  /** The offset of the key; for an item of a list, that of the item. */
  readonly key: number;
  readonly value: number;
  /** The text of a plain scalar before YAML converted it. */
  readonly source?: string | undefined;
}

interface Converted {
  readonly value: unknown;
  /** The number of values after its aliases are expanded. */
  readonly size: number;
  readonly place: Omit<Place, "key">;
}

/** No config has this many values; nested aliases can have more in a few lines. */
const most = 100_000;
const deepest = 50;

/**
 * YAML nodes as plain values, with their positions in the text.
 *
 * The library's `toJS` is no alternative: it drops the positions, and it searches the whole document for the anchor of
 * each alias.
 */
export class Located {
  readonly value: unknown;
  readonly errors: { readonly offset: number; readonly complaint: readonly [what: string, fix: string] }[] =
    [];
  readonly #root: number;
  readonly #places = new WeakMap<object, Map<string | number, Place>>();
  readonly #anchors = new Map<string, Converted>();

  constructor(contents: ParsedNode | null) {
    this.#root = contents?.range[0] ?? 0;
    this.value = contents ? this.#make(contents, 0).value : null;
  }

  /** The offset of a value or its key; if it does not exist, that of the innermost value that contains the path. */
  offsetOf(path: KeyPath, what: "key" | "value"): number {
    return this.#find(path).place?.[what] ?? this.#root;
  }

  /** The text of a plain scalar in the file. */
  sourceOf(path: KeyPath): string | undefined {
    const { place, isWhole } = this.#find(path);
    return isWhole ? place?.source : undefined;
  }

  valueOf(path: KeyPath): unknown {
    const { value, isWhole } = this.#find(path);
    return isWhole ? value : undefined;
  }

  #find(path: KeyPath): { place: Place | undefined; value: unknown; isWhole: boolean } {
    let value = this.value;
    let place: Place | undefined;
    for (const part of path) {
      const next = isObject(value) ? this.#places.get(value)?.get(part) : undefined;
      if (!next) return { place, value, isWhole: false };
      place = next;
      value = (value as Record<string | number, unknown>)[part];
    }
    return { place, value, isWhole: true };
  }

  #make(node: ParsedNode | null, depth: number, app = 0): Converted {
    const at = node?.range[0] ?? app;
    if (depth > deepest) return this.#refuse(at, "this is nested too deeply", "flatten it");
    if (isAlias(node)) {
      const made = this.#anchors.get(node.source);
      if (!made)
        return this.#refuse(
          at,
          "there is no anchor for this alias above it",
          "define the anchor with & above it",
        );
      // A problem in the anchor's value is reported at the anchor, a problem with its use at the alias.
      return { ...made, place: { ...made.place, value: at } };
    }
    const made = isMap(node)
      ? this.#makeMap(node, at, depth)
      : isSeq(node)
        ? this.#makeList(node.items as ParsedNode[], at, depth)
        : scalar(node, at);
    // Only now, so that an alias inside its own anchor is not resolved.
    if (node?.anchor) this.#anchors.set(node.anchor, made);
    return made.size > most ? this.#refuse(at, "aliases make this too large", "write less of it") : made;
  }

  #makeMap(node: YAMLMap.Parsed, at: number, depth: number): Converted {
    const value: Record<string, unknown> = Object.create(null);
    const places = new Map<string | number, Place>();
    const merges: Converted[] = [];
    let size = 1;
    for (const { key, value: inner } of node.items) {
      const keyAt = key.range[0];
      const made = this.#make(inner, depth + 1, keyAt);
      size += made.size;
      const name = isScalar(key) ? String(key.value) : undefined;
      if (name === undefined) {
        this.#refuse(keyAt, "this key is not plain text", "write plain text before the colon");
      } else if (name === "<<" && isScalar(key) && key.type === "PLAIN") {
        merges.push(...this.#merged(made, inner, keyAt));
      } else if (name === "__proto__") {
        this.#refuse(keyAt, "this name is not allowed", "choose another one");
      } else if (places.has(name)) {
        this.#refuse(keyAt, "this key is a duplicate", "remove one of the two");
      } else {
        value[name] = made.value;
        places.set(name, { key: keyAt, ...made.place });
      }
    }
    for (const each of merges) this.#merge(value, places, each.value as object);
    this.#places.set(value, places);
    return { value, size, place: { value: at } };
  }

  /** The mappings that `<<` merges: one, or a list of them. */
  #merged(made: Converted, node: ParsedNode | null, keyAt: number): Converted[] {
    const list = Array.isArray(made.value) && !isMap(node) ? made.value : [made.value];
    if (list.every((each) => isObject(each) && !Array.isArray(each))) {
      return list.map((value) => ({ ...made, value }));
    }
    this.#refuse(keyAt, "<< merges mappings only", "write an alias of a mapping after it");
    return [];
  }

  /** The keys of the mapping take precedence over merged ones, and an earlier merge over a later one. */
  #merge(value: Record<string, unknown>, places: Map<string | number, Place>, from: object): void {
    for (const [name, place] of this.#places.get(from) ?? []) {
      if (places.has(name)) continue;
      value[name] = (from as Record<string | number, unknown>)[name];
      places.set(name, place);
    }
  }

  #makeList(items: readonly ParsedNode[], at: number, depth: number): Converted {
    const value: unknown[] = [];
    const places = new Map<string | number, Place>();
    let size = 1;
    for (const [index, item] of items.entries()) {
      const made = this.#make(item, depth + 1, at);
      size += made.size;
      value.push(made.value);
      places.set(index, { key: made.place.value, ...made.place });
    }
    this.#places.set(value, places);
    return { value, size, place: { value: at } };
  }

  #refuse(offset: number, what: string, fix: string): Converted {
    this.errors.push({ offset, complaint: [what, fix] });
    return { value: null, size: 1, place: { value: offset } };
  }
}

function scalar(node: ParsedNode | null, at: number): Converted {
  if (!isScalar(node)) return { value: null, size: 1, place: { value: at } };
  const source = node.type === "PLAIN" ? node.source : undefined;
  return { value: node.value, size: 1, place: { value: at, source } };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
