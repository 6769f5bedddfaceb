import assert from "node:assert/strict";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { EncodingError, readBody } from "../../../src/aws/http/answer-body.ts";

const text = "made-up answer ".repeat(50);
const as = (encoding: string, body: string | Uint8Array) =>
  new Response(body as string, { headers: { "content-encoding": encoding } });

describe("readBody", () => {
  for (const [encoding, pack] of [
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["GZIP", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
    ["identity", (body: string) => body],
    ["", (body: string) => body],
  ] as const) {
    it(`reads ${encoding || "an uncompressed body"}`, async () => {
      const { bytes, isWhole } = await readBody(as(encoding, pack(text)), 4096);
      assert.equal(isWhole, true);
      assert.equal(new TextDecoder().decode(bytes), text);
    });

    it(`reads at most the limit of ${encoding || "an uncompressed body"}`, async () => {
      const { bytes, isWhole } = await readBody(as(encoding, pack("a".repeat(5000))), 4096);
      assert.equal(isWhole, false);
      assert.ok(bytes.length <= 4096);
    });
  }

  for (const [what, response] of [
    ["an unknown encoding", as("lzma", "x")],
    ["a property of objects for an encoding", as("constructor", "x")],
    ["two encodings", as("gzip, br", "x")],
    ["what is damaged", as("gzip", "no gzip")],
    ["what is cut off", as("gzip", gzipSync(text).subarray(0, 30))],
  ] as const) {
    it(`refuses ${what}`, () => assert.rejects(readBody(response, 4096), EncodingError));
  }

  it("accepts an empty body with any Content-Encoding", async () => {
    assert.equal((await readBody(as("gzip", ""), 4096)).bytes.length, 0);
  });
});
