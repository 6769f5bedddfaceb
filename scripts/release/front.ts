import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileFront, releaseFlags } from "../native.mjs";
import { run } from "./run.ts";

const requirements = fileURLToPath(new URL("zig-requirements.txt", import.meta.url));

/**
 * Downloads Zig, which compiles C for other machines and contains their libc, to a cache for each version.
 * @returns the path of its program
 */
export function fetchZig(cache: string): string {
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 16);
  const folder = join(cache, `zig-${digest}`);
  const zig = join(folder, "ziglang/zig");
  if (existsSync(zig)) return zig;
  mkdirSync(cache, { recursive: true });
  const work = `${folder}.${process.pid}`;
  try {
    run(["/usr/bin/python3", "-m", "venv", join(work, "venv")]);
    const pip = [join(work, "venv/bin/python"), "-m", "pip", "--disable-pip-version-check", "--quiet"];
    run([
      ...pip,
      "install",
      "--require-hashes",
      "--only-binary=:all:",
      "--target",
      join(work, "zig"),
      "-r",
      requirements,
    ]);
    renameSync(join(work, "zig"), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return zig;
}

/**
 * Compiles the native front: static, so that it starts fast and works with every libc.
 * @param system Zig's name of the target
 */
export function compileFrontFor(system: string, target: string, { zig, cache }: FrontTools): void {
  mkdirSync(dirname(target), { recursive: true });
  const problem = compileFront(target, {
    cc: zig,
    flags: ["cc", "-target", system, ...releaseFlags],
    // Zig stores the compiled libc there, which takes half a minute the first time.
    env: {
      ...process.env,
      ZIG_GLOBAL_CACHE_DIR: join(cache, "zig-cache"),
      ZIG_LOCAL_CACHE_DIR: join(cache, "zig-cache"),
    },
  });
  if (problem !== undefined) throw new Error(`the native front for ${system}: ${problem}`);
}

export interface FrontTools {
  readonly zig: string;
  readonly cache: string;
}
