// Runs Bun from its npm package without the install script of the package, which npm blocks by default.
// Usage: node scripts/bun.mjs ARG…
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The path of the Bun program that `npm ci` installed for this system. @throws with a fix if there is none */
export function bunProgram() {
  const arch = { arm64: "aarch64", x64: "x64" }[process.arch] ?? process.arch;
  const programs = [`bun-${process.platform}-${arch}`, `bun-${process.platform}-${arch}-musl`].map((name) =>
    join(root, "node_modules/@oven", name, "bin", process.platform === "win32" ? "bun.exe" : "bun"),
  );
  // If npm ran the install script, it has moved the program here; otherwise there is a stub.
  programs.push(join(root, "node_modules/bun/bin/bun.exe"));
  for (const program of programs) {
    if (existsSync(program) && spawnSync(program, ["--version"]).status === 0) return program;
  }
  throw new Error(
    `no Bun for ${process.platform}-${arch} under node_modules/@oven: run 'npm ci' (without --omit=optional)`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { status, signal, error } = spawnSync(bunProgram(), process.argv.slice(2), { stdio: "inherit" });
    if (error) throw error;
    process.exit(status ?? 128 + (constants.signals[signal] ?? 0));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
