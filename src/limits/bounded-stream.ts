/** Bytes that are read of an answer, of a program's output or of a file at most, unless a reader says otherwise. */
export const usualLimit = 1024 * 1024;

export interface BoundedBytes {
  readonly bytes: Uint8Array;
  /** False: there was more than the limit, and the rest was left unread. */
  readonly isWhole: boolean;
}

/** Reads a stream up to `limit` bytes and gives up the rest. @throws what the stream throws */
export async function readAtMost(
  stream: ReadableStream<Uint8Array> | null,
  limit = usualLimit,
): Promise<BoundedBytes> {
  if (!stream) return { bytes: new Uint8Array(), isWhole: true };
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { bytes: Buffer.concat(chunks), isWhole: true };
    chunks.push(value.subarray(0, limit - length));
    length += value.length;
    if (length <= limit) continue;
    // Not waited for: what sends without end may also not end.
    reader.cancel().catch(() => {});
    return { bytes: Buffer.concat(chunks), isWhole: false };
  }
}
