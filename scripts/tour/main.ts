// Writes the pictures of the documentation, docs/images/*.svg. Build the program first.
// Usage: node scripts/bun.mjs scripts/tour/main.ts
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderPictures } from "./pictures.ts";

const folder = join(import.meta.dir, "../../docs/images");
mkdirSync(folder, { recursive: true });
for (const [name, svg] of Object.entries(await renderPictures())) {
  writeFileSync(join(folder, name), svg);
  console.log(`docs/images/${name}: ${(svg.length / 1024).toFixed(0)} KiB`);
}
