import type { Entries } from "../../../src/store/keychain/chunks.ts";

/** The entries of a keychain without a keychain, which like Windows' refuses what is longer than `limit` bytes. */
export class MemoryEntries implements Entries {
  readonly held = new Map<string, Uint8Array>();
  /** Set it and every call fails with it. */
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
