/** A character with an unusual or unnecessary escape in a JSON string: "s" as \n, "u" as \u00e9, "U" as \u00E9. */
export type Escape = readonly [at: number, form: "s" | "u" | "U"];

const forms = ["s", "u", "U"] as const;
const short: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "/": "\\/",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/**
 * The unusual escapes of a JSON string, without its content.
 *
 * @param raw with its quotes
 * @returns undefined if they can't be described, as for half a surrogate pair
 */
export function escapesOf(value: string, raw: string): readonly Escape[] | undefined {
  const escapes: Escape[] = [];
  let at = 1;
  for (let index = 0; index < value.length; index++) {
    const unit = value.charAt(index);
    let spelling = plainForm(unit);
    if (!raw.startsWith(spelling, at)) {
      const form = forms.find((each) => raw.startsWith(escaped(unit, each), at));
      if (!form) return undefined;
      spelling = escaped(unit, form);
      escapes.push([index, form]);
    }
    at += spelling.length;
  }
  return at === raw.length - 1 ? escapes : undefined;
}

/** The JSON string, with quotes. */
export function spelled(value: string, escapes: readonly Escape[]): string {
  const formAt = new Map(escapes);
  const units = Array.from({ length: value.length }, (_, index) => {
    const form = formAt.get(index);
    return form ? escaped(value.charAt(index), form) : plainForm(value.charAt(index));
  });
  return `"${units.join("")}"`;
}

function plainForm(unit: string): string {
  return unit >= " " && unit !== '"' && unit !== "\\" ? unit : JSON.stringify(unit).slice(1, -1);
}

function escaped(unit: string, form: Escape[1]): string {
  if (form === "s") return short[unit] ?? plainForm(unit);
  const code = unit.charCodeAt(0).toString(16).padStart(4, "0");
  return `\\u${form === "U" ? code.toUpperCase() : code}`;
}
