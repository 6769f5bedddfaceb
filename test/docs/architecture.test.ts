import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = readFileSync(join(root, "docs/architecture.md"), "utf8");
const files = ["src/**", "test/**", "scripts/**", "native/**"].flatMap((each) => [
  ...new Bun.Glob(each).scanSync({ cwd: root, onlyFiles: true }),
]);

describe("docs/architecture.md", () => {
  it("names files that are there", () => {
    const named = [...text.matchAll(/`([\w./-]+\.(?:ts|mjs|c|md))`/g)].map(([, name = ""]) => name);
    // NAME.ts stands for a file that is to be written.
    const missing = named.filter(
      (name) => !/NAME/.test(name) && !files.some((file) => file === name || file.endsWith(`/${name}`)),
    );
    assert.ok(named.length > 80);
    assert.deepEqual(missing, []);
  });

  it("names functions and classes that are there", () => {
    const sources = files.filter((name) => /\.(?:ts|mjs|c)$/.test(name));
    const words = new Set(
      sources.flatMap((name) => readFileSync(join(root, name), "utf8").match(/[A-Za-z_]\w*/g) ?? []),
    );
    const named = [...text.matchAll(/`([A-Za-z]\w*(?:\.\w+)?)`/g)].flatMap(([, name = ""]) =>
      name.split("."),
    );
    const missing = named.filter((name) => /[a-z][A-Z]/.test(name) && !words.has(name));
    assert.ok(named.length > 20);
    assert.deepEqual(missing, []);
  });

  it("names folders that are there", () => {
    const named = [...text.matchAll(/`((?:src|test|scripts|native)\/[\w/-]*\/)`/g)].map(
      ([, name = ""]) => name,
    );
    assert.deepEqual(
      named.filter((name) => !files.some((file) => file.startsWith(name))),
      [],
    );
  });
});
