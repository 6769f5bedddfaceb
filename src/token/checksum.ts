const name = "sha256 ";
const lineLength = name.length + 64 + 1;

/** The text and a last line with its SHA-256. The line shows damage; it proves nothing about who wrote the file. */
export function withChecksum(text: string): string {
  return text + checksumLine(text);
}

/** The text before that line. Undefined where the line is missing, or the text was damaged or cut off. */
export function withoutChecksum(whole: string): string | undefined {
  const text = whole.slice(0, -lineLength);
  return whole.length >= lineLength && whole === withChecksum(text) ? text : undefined;
}

/** A JSON value as a text with that line. */
export function jsonWithChecksum(value: unknown): string {
  return withChecksum(`${JSON.stringify(value)}\n`);
}

/** The value again; that of a text without such a line too. @throws SyntaxError where it is damaged */
export function parseJsonWithChecksum(whole: string): unknown {
  return JSON.parse(withoutChecksum(whole) ?? whole);
}

function checksumLine(text: string): string {
  return `${name}${sha256(text)}\n`;
}

/** SHA-256 of a text's UTF-8, in hex. */
export function sha256(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
