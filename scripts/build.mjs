// Compiles src/main.ts to dist/docker-credential-ecr and writes its man page beside it.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bunProgram } from "./bun.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
mkdirSync(dist, { recursive: true });

const result = spawnSync(
  bunProgram(),
  [
    "build",
    "--compile",
    // Bytecode and splitting are what keep a warm get near an empty program: without splitting the
    // whole AWS SDK would be loaded on every start.
    "--minify",
    "--bytecode",
    "--format=esm",
    "--splitting",
    // Docker starts helpers in any folder: a compiled program must not run that folder's bunfig.toml
    // nor read its .env, tsconfig.json or package.json.
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    "--no-compile-autoload-tsconfig",
    "--no-compile-autoload-package-json",
    "--outfile",
    join(dist, "docker-credential-ecr"),
    "src/main.ts",
  ],
  { cwd: root, stdio: ["ignore", "ignore", "inherit"] },
);
if (result.status !== 0) {
  rmSync(join(dist, "docker-credential-ecr"), { force: true });
  process.exit(1);
}

const page = spawnSync(bunProgram(), ["scripts/man-page.ts"], {
  cwd: root,
  stdio: ["ignore", "pipe", "inherit"],
  // Else Bun leaves a cache of the sources in HOME.
  env: { ...process.env, BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0" },
});
if (page.status !== 0) process.exit(1);
writeFileSync(join(dist, "docker-credential-ecr.1"), page.stdout);
