import type { Entries } from "../../../src/store/keychain/chunks.ts";

/** In-memory keychain entries. Like Windows's keychain, it refuses values longer than `limit` bytes. */
export class MemoryEntries implements Entries {
  readonly held = new Map<string, Uint8Array>();
  /** If set, all calls fail with it. */
  broken: Error | undefined;

  constructor(private readonly limit = Number.POSITIVE_INFINITY) {}

  read = async (name: string) => {
    if (this.broken) throw this.broken;
    return this.held.get(name);
  };

  write = async (name: string, bytes: Uint8Array) => {
    if (this.broken) throw this.broken;
    if (bytes.length > this.limit) throw new Error(`${bytes.length} bytes are more than ${this.limit}`);
    this.held.set(name, Uint8Array.from(bytes));
  };

  remove = async (name: string) => {
    if (this.broken) throw this.broken;
    this.held.delete(name);
  };
}
