// Writes docs/config.schema.json, with which editors check a config.yaml, from the program's schema.
// Usage: node scripts/bun.mjs scripts/config-schema.ts
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as z from "zod/mini";
import { configSchema } from "../src/config/schema.ts";

export const schemaFile = fileURLToPath(new URL("../docs/config.schema.json", import.meta.url));

/** The JSON Schema as in the file. */
export function configJsonSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(configSchema, { target: "draft-7", io: "input" });
  const title = "config.yaml of docker-credential-ecr";
  const text = JSON.stringify({ $schema, title, ...rest }, null, 2);
  // Short lists on one line, as the formatter of this repository requires.
  const tidy = text.replace(/\[\n\s+([^[\]{}]*?)\n\s+\]/g, (_, items) => `[${items.replace(/\n\s+/g, " ")}]`);
  return `${tidy}\n`;
}

if (import.meta.main) writeFileSync(schemaFile, configJsonSchema());
