import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Input } from "./fuzzer.ts";

/** Where inputs that once failed are kept, below a folder for each fuzzer. */
export const casesFolder = new URL("../../fuzz/cases/", import.meta.url);

/** Keeps an input that fails, for test/fuzz/cases.test.ts. @returns the file's path */
export function keep(name: string, input: Input, failure: unknown): string {
  const folder = new URL(`${name}/`, casesFolder);
  mkdirSync(folder, { recursive: true });
  const hash = createHash("sha256").update(JSON.stringify(input)).digest("hex").slice(0, 12);
  const path = new URL(`${hash}.json`, folder);
  const [found = ""] = `${failure}`.split("\n");
  writeFileSync(path, `${JSON.stringify({ found: found.slice(0, 200), input }, null, 2)}\n`);
  return fileURLToPath(path);
}
