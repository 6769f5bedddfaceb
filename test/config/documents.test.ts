import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { configJsonSchema, schemaFile } from "../../scripts/config-schema.ts";
import { parseConfig } from "../../src/config/parse.ts";

const guide = readFileSync(new URL("../../docs/config.md", import.meta.url), "utf8");

describe("docs/config.schema.json", () => {
  it("is up to date with scripts/config-schema.ts", () => {
    assert.equal(readFileSync(schemaFile, "utf8"), configJsonSchema());
  });

  it("describes every key", () => {
    const bare: string[] = [];
    const checkRun = (schema: Record<string, unknown>, path: string): void => {
      const inner = {
        ...(schema.properties as object),
        "*": schema.items,
        "**": schema.additionalProperties,
      };
      for (const [key, value] of Object.entries(inner)) {
        if (typeof value !== "object" || value === null) continue;
        if (!key.startsWith("*") && !("description" in value)) bare.push(`${path}${key}`);
        checkRun(value as Record<string, unknown>, `${path}${key}.`);
      }
    };
    checkRun(JSON.parse(configJsonSchema()), "");
    assert.deepEqual(bare, []);
  });
});

describe("docs/config.md", () => {
  it("has only valid examples", () => {
    const examples = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = ""]) => text);
    assert.ok(examples.length >= 2);
    for (const text of examples) assert.equal(parseConfig(text, "docs/config.md").version, 1);
  });

  it("names every key of the schema", () => {
    const keys = new Set<string>();
    const checkRun = (schema: Record<string, unknown>): void => {
      for (const key of Object.keys((schema.properties as object | undefined) ?? {})) keys.add(key);
      for (const value of Object.values(schema)) {
        if (typeof value === "object" && value !== null) checkRun(value as Record<string, unknown>);
      }
    };
    checkRun(JSON.parse(configJsonSchema()));
    for (const key of keys) assert.ok(guide.includes(`\`${key}\``), key);
  });
});
