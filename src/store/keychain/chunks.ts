import type { Keychain } from "./keychain.ts";

/** The entries of a keychain, each a few bytes under a name. */
export interface Entries {
  read(name: string): Promise<Uint8Array | undefined>;
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** A missing entry is not an error. */
  remove(name: string): Promise<void>;
}

/** The first characters of an entry that lists the parts of a value; no value starts with them. */
const partsMark = "in parts: ";

/**
 * A keychain whose entries hold at most `limit` bytes: a longer value is split into several. Each write creates new
 * parts, named after the entry and `id()`, and the entry changes at once from the old parts to the new, so that a
 * concurrent reader gets one value or the other.
 *
 * @param limit bytes; absent: no limit
 * @param id a word that no other write uses
 */
export function inParts(entries: Entries, limit: number | undefined, id: () => string): Keychain {
  async function read(name: string, isSecondTry = false): Promise<string | undefined> {
    const entry = await entries.read(name);
    if (entry === undefined) return undefined;
    const names = partsOf(name, entry);
    if (names.length === 0) return new TextDecoder().decode(entry);
    // One after another: each may open a connection to the keychain.
    const parts: Uint8Array[] = [];
    for (const each of names) {
      const part = await entries.read(each);
      // Another write has replaced the value meanwhile; otherwise a user has removed its parts.
      if (part === undefined) return isSecondTry ? undefined : read(name, true);
      parts.push(part);
    }
    return new TextDecoder().decode(Buffer.concat(parts));
  }

  return {
    read: (names) => Promise.all(names.map((name) => read(name))),
    async write(name, value) {
      const before = partsOf(name, await entries.read(name));
      const pieces = split(new TextEncoder().encode(value), limit);
      if (pieces.length === 1) {
        await entries.write(name, pieces[0] ?? new Uint8Array());
      } else {
        const mark = `${partsMark}${pieces.length} ${id()}`;
        const bytes = new TextEncoder().encode(mark);
        for (const [index, part] of partsOf(name, bytes).entries()) {
          await entries.write(part, pieces[index] ?? new Uint8Array());
        }
        await entries.write(name, bytes);
      }
      for (const part of before) await entries.remove(part);
    },
    async remove(name) {
      const parts = partsOf(name, await entries.read(name));
      await entries.remove(name);
      for (const part of parts) await entries.remove(part);
    },
  };
}

/** Pieces of at most `limit` bytes, at least one. */
export function split(bytes: Uint8Array, limit = Number.POSITIVE_INFINITY): Uint8Array[] {
  if (bytes.length <= limit) return [bytes];
  const count = Math.ceil(bytes.length / limit);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * limit, (index + 1) * limit));
}

/** The names of the entries into which an entry's value was split; none if it is not split. */
function partsOf(name: string, entry: Uint8Array | undefined): string[] {
  const found = new RegExp(`^${partsMark}(\\d{1,4}) ([\\w-]{1,64})$`).exec(new TextDecoder().decode(entry));
  const [, count = 0, id] = found ?? [];
  return Array.from({ length: Number(count) }, (_, index) => `${name} part ${index + 1} of ${count} ${id}`);
}
