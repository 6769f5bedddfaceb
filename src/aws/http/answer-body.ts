import { type BoundedBytes, readAtMost } from "../../limits/bounded-stream.ts";

/** The body has an unknown or damaged content encoding. */
export class EncodingError extends Error {
  override readonly name = "EncodingError";
}

/**
 * The body of an answer up to `limit` bytes, before and after decompression: a few kilobytes can expand to gigabytes.
 *
 * @param response fetched with `decompress: false`
 * @throws EncodingError, and the errors of the connection
 */
export async function readBody(response: Response, limit: number): Promise<BoundedBytes> {
  const body = await readAtMost(response.body, limit);
  const encodings = (response.headers.get("content-encoding") ?? "")
    .toLowerCase()
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "" && each !== "identity");
  if (encodings.length === 0 || !body.isWhole || body.bytes.length === 0) return body;
  const [encoding = ""] = encodings;
  if (encodings.length > 1) throw new EncodingError("several encodings");
  const zlib = await import("node:zlib");
  const decoders: Readonly<Record<string, (bytes: Uint8Array, options: object) => Buffer>> = {
    gzip: zlib.gunzipSync,
    "x-gzip": zlib.gunzipSync,
    deflate: zlib.inflateSync,
    br: zlib.brotliDecompressSync,
    zstd: zlib.zstdDecompressSync,
  };
  const decode = Object.hasOwn(decoders, encoding) ? decoders[encoding] : undefined;
  if (!decode) throw new EncodingError("unknown encoding");
  try {
    return { bytes: decode(body.bytes, { maxOutputLength: limit }), isWhole: true };
  } catch (error) {
    const isLarger = (error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
    if (isLarger) return { bytes: new Uint8Array(), isWhole: false };
    throw new EncodingError("damaged", { cause: error });
  }
}
