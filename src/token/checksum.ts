const name = "sha256 ";
const lineLength = name.length + 64 + 1;

/** The text with its SHA-256 as an additional last line. It detects damage; it does not authenticate the writer. */
export function withChecksum(text: string): string {
  return text + checksumLine(text);
}

/** The text without the checksum line; undefined if the line is missing, or the text is damaged or truncated. */
export function withoutChecksum(whole: string): string | undefined {
  const text = whole.slice(0, -lineLength);
  return whole.length >= lineLength && whole === withChecksum(text) ? text : undefined;
}

/** A JSON value as a text with a checksum line. */
export function jsonWithChecksum(value: unknown): string {
  return withChecksum(`${JSON.stringify(value)}\n`);
}

/** The JSON value of a text with or without a checksum line. @throws SyntaxError if it is damaged */
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
