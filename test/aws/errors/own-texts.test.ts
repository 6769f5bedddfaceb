import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { redact } from "../../../src/token/redact.ts";

const folder = fileURLToPath(new URL("../../../src/aws", import.meta.url));
/** Not shown to users. */
const header = /^AWS4-HMAC-SHA256 /;

/** The texts of a file that consist of several words, with a word for each value. */
function textsIn(source: string): readonly string[] {
  const literals = source.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g);
  return [...literals]
    .map(([, plain, template]) => (plain ?? template ?? "").replace(/\$\{[^}]*\}/g, "PLACE"))
    .filter((text) => text.split(" ").length > 3 && !header.test(text));
}

describe("the texts of failures of AWS", () => {
  it("lose nothing when secrets in them are masked", () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
    const texts = files.flatMap((name) => textsIn(readFileSync(join(folder, name), "utf8")));
    assert.ok(texts.length > 100, `${texts.length}`);
    assert.deepEqual(texts.map(redact), texts);
  });
});
