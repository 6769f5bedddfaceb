import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";

/** The SHA-256 of a file in hexadecimal, read in parts. */
export function sha256Of(path: string): string {
  const hash = createHash("sha256");
  const part = Buffer.alloc(1 << 20);
  const descriptor = openSync(path, "r");
  try {
    for (;;) {
      const length = readSync(descriptor, part);
      if (length === 0) return hash.digest("hex");
      hash.update(part.subarray(0, length));
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The text of SHA256SUMS, as `sha256sum --check` reads it. */
export function checksums(folder: string, files: readonly string[]): string {
  return [...files]
    .sort()
    .map((file) => `${sha256Of(join(folder, file))}  ${file}\n`)
    .join("");
}
