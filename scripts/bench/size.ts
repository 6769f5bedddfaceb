import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import type { Row } from "./row.ts";

/** The size of an installation, and of its download. */
export async function sizeRows({ program }: Bench): Promise<Row[]> {
  const prefix = join(program, "../..");
  const packed = Bun.spawnSync(["sh", "-c", 'tar -C "$0" -c . | xz -6 -T0 | wc -c', prefix]);
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  return [
    { name: "installed size", beside: "", ours: mb(sizeOf(prefix)), goal: "105 MB" },
    { name: "the same, compressed (xz)", beside: "", ours: mb(Number(packed.stdout)), goal: "35 MB" },
  ];
}

function sizeOf(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.map((name) => statSync(join(folder, name))).filter((found) => found.isFile());
  return files.reduce((sum, { size }) => sum + size, 0);
}
