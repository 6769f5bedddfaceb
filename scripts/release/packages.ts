import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Lock, lockedPackage } from "./lock.ts";
import { run } from "./run.ts";

/**
 * Downloads a package of another platform from npm's registry to a cache for each version.
 * @returns the folder of its files
 * @throws if its checksum is not that in package-lock.json
 */
export function fetchPackage(lock: Lock, name: string, cache: string): string {
  const { version, integrity } = lockedPackage(lock, name);
  const folder = join(cache, `${name.replace("/", "+")}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "fetching-"));
  try {
    const archive = join(work, run(["npm", "pack", "--silent", `${name}@${version}`], { cwd: work }).trim());
    checkIntegrity(readFileSync(archive), integrity, name);
    run(["tar", "-xzf", archive, "--no-same-owner", "-C", work]);
    renameSync(join(work, "package"), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/** @param integrity npm's form: sha512-BASE64 */
export function checkIntegrity(bytes: Uint8Array, integrity: string, name: string): void {
  const [algorithm = "", expected] = integrity.split(/-(.*)/s);
  const actual = createHash(algorithm).update(bytes).digest("base64");
  if (actual !== expected) throw new Error(`${name} is not the file that package-lock.json names`);
}
