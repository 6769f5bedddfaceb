import { mapOf } from "./go-fields.ts";
import { parseJson } from "./syntax.ts";
import { type Edit, insertion, replacement } from "./text.ts";

/**
 * The edit that adds entries to a map of the root object, where Go's decoder reads them: after the existing entries, or in
 * a new map if there is none.
 *
 * @param text a JSON object that does not have these entries yet
 */
export function addition(
  text: string,
  map: string,
  entries: readonly (readonly [key: string, value: unknown])[],
): Edit {
  const { root } = parseJson(text);
  if (!root) throw new Error("only an object can be edited");
  const { place } = mapOf(text, root, map);
  if (place?.type === "object") return insertion(text, place, entries, 2);
  const value = Object.fromEntries(entries);
  return place ? replacement(text, place, value, 1) : insertion(text, root, [[map, value]], 1);
}
