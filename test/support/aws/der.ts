/** The few forms of ASN.1 DER that an X.509 certificate needs. */

function encode(tag: number, content: Uint8Array): Buffer {
  const length = content.length;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
  return Buffer.concat([Buffer.of(tag, 0x80 | bytes.length), bytes, content]);
}

export const sequence = (...items: Uint8Array[]): Buffer => encode(0x30, Buffer.concat(items));
export const set = (...items: Uint8Array[]): Buffer => encode(0x31, Buffer.concat(items));
export const octetString = (content: Uint8Array): Buffer => encode(0x04, content);
export const utf8String = (text: string): Buffer => encode(0x0c, Buffer.from(text));
export const boolean = (value: boolean): Buffer => encode(0x01, Buffer.of(value ? 0xff : 0));

/** An integer of any length, big-endian; always encoded as positive. */
export function integer(bytes: Uint8Array): Buffer {
  const positive = (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  return encode(0x02, positive);
}

/** @param unusedBits the number of unused low bits of the last byte */
export const bitString = (content: Uint8Array, unusedBits = 0): Buffer =>
  encode(0x03, Buffer.concat([Buffer.of(unusedBits), content]));

/** `[number]`, with complete items as its content. */
export const explicit = (number: number, content: Uint8Array): Buffer => encode(0xa0 | number, content);

/** `[number]` instead of a primitive item's own tag. */
export const implicit = (number: number, content: Uint8Array): Buffer => encode(0x80 | number, content);

/** @param dotted for example "2.5.29.17" */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return encode(0x06, Buffer.from(bytes));
}

/** UTCTime, which X.509 requires for years up to 2049. */
export function utcTime(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/\D/g, "");
  return encode(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}
