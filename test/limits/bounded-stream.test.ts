import assert from "node:assert/strict";
import { readAtMost } from "../../src/limits/bounded-stream.ts";

/** A stream of pieces of these lengths; the last may be endless. */
function streamOf(sizes: readonly number[], isEndless = false) {
  const seen = { pulled: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const size = sizes[Math.min(seen.pulled, sizes.length - 1)] ?? 0;
      if (seen.pulled >= sizes.length && !isEndless) return controller.close();
      seen.pulled += 1;
      controller.enqueue(new Uint8Array(size).fill(seen.pulled));
    },
    cancel() {
      seen.cancelled = true;
      // Like a connection that never closes.
      return new Promise(() => {});
    },
  });
  return { stream, seen };
}

const READ: readonly [what: string, sizes: readonly number[], length: number, isWhole: boolean][] = [
  ["nothing", [], 0, true],
  ["less than the limit", [3, 4], 7, true],
  ["just the limit", [6, 4], 10, true],
  ["one byte more", [6, 5], 10, false],
  ["one piece that is larger", [100], 10, false],
];

describe("readAtMost 10 bytes of", () => {
  for (const [what, sizes, length, isWhole] of READ) {
    it(`${what}: ${length} bytes, ${isWhole ? "all" : "not all"}`, async () => {
      const { stream, seen } = streamOf(sizes);
      const found = await readAtMost(stream, 10);
      assert.deepEqual([found.bytes.length, found.isWhole], [length, isWhole]);
      assert.equal(seen.cancelled, !isWhole);
    });
  }

  it("a stream without end: stops soon after the limit", async () => {
    const { stream, seen } = streamOf([4], true);
    assert.equal((await readAtMost(stream, 10)).isWhole, false);
    assert.ok(seen.pulled <= 5, `${seen.pulled}`);
  });

  it("no stream: nothing", async () => {
    assert.deepEqual(await readAtMost(null, 10), { bytes: new Uint8Array(), isWhole: true });
  });
});
