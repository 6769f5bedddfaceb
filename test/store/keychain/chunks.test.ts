import assert from "node:assert/strict";
import fc from "fast-check";
import { inParts, split } from "../../../src/store/keychain/chunks.ts";
import { MemoryEntries } from "../../support/fakes/memory-entries.ts";

describe("a keychain whose entries have a limit", () => {
  let entries: MemoryEntries;
  let writings: number;
  beforeEach(() => {
    entries = new MemoryEntries(100);
    writings = 0;
  });
  const keychain = () => inParts(entries, 100, () => `writing-${++writings}`);
  const read = async (name: string) => (await keychain().read([name]))[0];

  it("splits a value into full pieces, except the last", () => {
    const lengths = (length: number, limit?: number) =>
      split(new Uint8Array(length), limit).map((piece) => piece.length);
    assert.deepEqual(lengths(0, 10), [0]);
    assert.deepEqual(lengths(10, 10), [10]);
    assert.deepEqual(lengths(11, 10), [10, 1]);
    assert.deepEqual(lengths(64 * 1024, 2560).length, 26);
    assert.deepEqual(lengths(64 * 1024), [64 * 1024]);
  });

  it("stores a short value unchanged in one entry", async () => {
    await keychain().write("name", "short");
    assert.deepEqual([...entries.held], [["name", new TextEncoder().encode("short")]]);
  });

  it("returns what was written, of any length, after any previous value", async () => {
    // No stored value begins like the entry that names the parts.
    const value = fc
      .string({ unit: "grapheme", maxLength: 400 })
      .filter((text) => !text.startsWith("in parts"));
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 4 }), async (values) => {
        entries.held.clear();
        for (const each of values) {
          await keychain().write("name", each);
          assert.equal(await read("name"), each);
        }
        await keychain().remove("name");
        assert.equal(entries.held.size, 0);
      }),
      { numRuns: 60 },
    );
  });

  it("removes all parts of the previous value", async () => {
    await keychain().write("name", "a".repeat(950));
    assert.equal(entries.held.size, 11);
    await keychain().write("name", "b".repeat(150));
    assert.equal(entries.held.size, 3);
    await keychain().write("name", "c");
    assert.equal(entries.held.size, 1);
  });

  it("keeps the previous value complete if a write is interrupted", async () => {
    await keychain().write("name", "a".repeat(300));
    let left = 2;
    const write = entries.write;
    entries.write = async (name, bytes) => {
      if (left-- === 0) throw new Error("killed");
      await write(name, bytes);
    };
    await assert.rejects(keychain().write("name", "b".repeat(500)), /killed/);
    assert.equal(await read("name"), "a".repeat(300));
  });

  it("returns the old or the new value during a write", async () => {
    await keychain().write("name", "a".repeat(300));
    const reading = entries.read;
    let isFirst = true;
    entries.read = async (name) => {
      const found = await reading(name);
      if (isFirst && name === "name") {
        isFirst = false;
        await keychain().write("name", "b".repeat(500));
      }
      return found;
    };
    assert.equal(await read("name"), "b".repeat(500));
  });

  it("returns undefined if a part was removed by hand", async () => {
    await keychain().write("name", "a".repeat(300));
    entries.held.delete("name part 2 of 3 writing-1");
    assert.equal(await read("name"), undefined);
    await keychain().remove("name");
    assert.equal(entries.held.size, 0);
  });

  it("reads several values, in order", async () => {
    await keychain().write("one", "1");
    await keychain().write("three", "3".repeat(250));
    assert.deepEqual(await keychain().read(["one", "two", "three"]), ["1", undefined, "3".repeat(250)]);
  });
});
