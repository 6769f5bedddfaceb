import { redacted } from "../token/redact.ts";

/** Characters: shorter values occur in other words. */
const shortest = 4;
/** Characters of a value that identify it, also if a message shows only its beginning. */
const beginning = 12;

/** Values that must not be in a text, in the forms in which programs write them. */
export class HiddenValues {
  readonly #values = new Set<string>();

  readonly add = (value: string): void => {
    for (const form of encodingsOf(value)) this.#values.add(form);
  };

  /** The text without the values, the longest first. */
  removeFrom(text: string): string {
    const values = [...this.#values].sort((a, b) => b.length - a.length);
    return values.reduce((clean, value) => withoutBeginning(clean.replaceAll(value, redacted), value), text);
  }
}

/** Masks beginnings of a long value: messages cut what they quote. */
function withoutBeginning(text: string, value: string): string {
  // Many paths and addresses begin in the same way.
  if (value.length <= beginning || /^(?:\/|~|https?:)/.test(value)) return text;
  const start = value.slice(0, beginning);
  const [first = "", ...parts] = text.split(start);
  const rests = parts.map((part) => {
    let same = 0;
    while (same < part.length && part[same] === value[beginning + same]) same++;
    return redacted + part.slice(same);
  });
  return first + rests.join("");
}

/** Unchanged, percent-encoded, decoded, in JSON, and as base64. */
function encodingsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const encoded = [
    encodeURIComponent(secret.toWellFormed()),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString("base64"),
    bytes.toString("base64url"),
  ];
  return [secret, decodedPercent(secret), ...encoded].filter((form) => form.length >= shortest);
}

function decodedPercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
