import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Lock, nameIn, programPackages } from "./lock.ts";
import type { Platform } from "./platforms.ts";

/** The parts of a checkout that the program is built from. */
const parts = ["src", "native", "scripts", "docs/errors.md", "tsconfig.json"];

/**
 * Copies the sources and their packages, and writes the version to package.json, where the program, the man page and the
 * packages read it.
 */
export function copySource(root: string, to: string, version: string, lock: Lock): void {
  for (const part of [...parts, ...programPackages(lock)]) {
    mkdirSync(dirname(join(to, part)), { recursive: true });
    cpSync(join(root, part), join(to, part), { recursive: true });
  }
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  writeFileSync(join(to, "package.json"), `${JSON.stringify({ ...manifest, version }, null, 2)}\n`);
}

/** Copies only the keychain library of this platform: each has 3 MB. */
export function useKeyring(
  source: string,
  platform: Platform,
  all: readonly Platform[],
  folder: string,
): void {
  for (const { keyring } of all) {
    rmSync(join(source, "node_modules", keyring), { recursive: true, force: true });
  }
  cpSync(folder, join(source, "node_modules", nameIn(`node_modules/${platform.keyring}`)), {
    recursive: true,
  });
}
