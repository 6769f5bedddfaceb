/** The default limit for an answer, a program's output or a file, in bytes. */
export const defaultLimit = 1024 * 1024;

export interface BoundedBytes {
  readonly bytes: Uint8Array;
  /** False: there was more than the limit; the rest was not read. */
  readonly isWhole: boolean;
}

/** Reads at most `limit` bytes of a stream and cancels the rest. @throws what the stream throws */
export async function readAtMost(
  stream: ReadableStream<Uint8Array> | null,
  limit = defaultLimit,
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
    // Not awaited: a source that sends without end may never confirm.
    reader.cancel().catch(() => {});
    return { bytes: Buffer.concat(chunks), isWhole: false };
  }
}
