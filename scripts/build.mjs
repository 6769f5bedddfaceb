// Compiles src/main.ts to dist/docker-credential-ecr, a self-contained file, and writes its man page next to it. install.sh
// installs dist/bin and dist/lib below a prefix: with a C compiler the native front and that program, else only that
// program.
import { spawnSync } from "node:child_process";
import { copyFileSync, linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bunProgram } from "./bun.mjs";
import { compileOptions } from "./compile-options.mjs";
import { compileFront } from "./native.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const name = "docker-credential-ecr";
const program = join(dist, name);
mkdirSync(dist, { recursive: true });

const result = spawnSync(bunProgram(), [...compileOptions, "--outfile", program, "src/main.ts"], {
  cwd: root,
  stdio: ["ignore", "ignore", "inherit"],
});
if (result.status !== 0) {
  rmSync(program, { force: true });
  process.exit(1);
}

const page = spawnSync(bunProgram(), ["scripts/man-page.ts"], {
  cwd: root,
  stdio: ["ignore", "pipe", "inherit"],
  // Otherwise Bun leaves a cache of the sources in HOME.
  env: { ...process.env, BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0" },
});
if (page.status !== 0) process.exit(1);
writeFileSync(join(dist, "docker-credential-ecr.1"), page.stdout);

place();

function place() {
  const front = join(dist, "bin", name);
  const behindFront = join(dist, "lib", name, name);
  for (const folder of ["bin", "lib"]) rmSync(join(dist, folder), { recursive: true, force: true });
  mkdirSync(dirname(front), { recursive: true });
  const problem = compileFront(front) ?? tryFront(front, behindFront);
  if (problem === undefined) return;
  console.error(`no native front, so a get takes a few milliseconds longer: ${problem}`);
  rmSync(join(dist, "lib"), { recursive: true, force: true });
  link(front);
}

/** Checks that the two programs work together on this machine. @returns the problem, or undefined */
function tryFront(front, behindFront) {
  mkdirSync(dirname(behindFront), { recursive: true });
  link(behindFront);
  const { status, error, stderr } = spawnSync(front, ["version"], { encoding: "utf8" });
  return status === 0 ? undefined : `it does not start (${error?.code ?? stderr.trim()})`;
}

function link(path) {
  rmSync(path, { force: true });
  try {
    linkSync(program, path);
  } catch {
    copyFileSync(program, path);
  }
}
