import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bunProgram } from "../bun.mjs";
import { compileOptions } from "../compile-options.mjs";
import { compileFrontFor, type FrontTools } from "./front.ts";
import type { Platform } from "./platforms.ts";
import { run } from "./run.ts";

const name = "docker-credential-ecr";

/** Files that are equal on every platform, by their path below a prefix. */
export type SharedFiles = ReadonlyMap<string, string>;

/** The man page and the completions, as the installed program prints them. */
export function sharedFiles(source: string, env: Record<string, string | undefined>): SharedFiles {
  const bun = (...args: string[]) => run([bunProgram(), ...args], { cwd: source, env });
  const completion = (shell: string) => bun("src/main.ts", "completion", shell);
  return new Map([
    [`share/man/man1/${name}.1`, bun("scripts/man-page.ts")],
    [`share/bash-completion/completions/${name}`, completion("bash")],
    [`share/zsh/site-functions/_${name}`, completion("zsh")],
    [`share/fish/vendor_completions.d/${name}.fish`, completion("fish")],
  ]);
}

/** Compiles the program for a platform and installs it below `prefix`. */
export function buildPrefix(
  platform: Platform,
  prefix: string,
  { source, runtime, shared, env, ...tools }: PrefixParts & FrontTools,
): void {
  const exe = platform.os === "windows" ? ".exe" : "";
  const behindFront = join(prefix, `lib/${name}/${name}`);
  const program = platform.front ? behindFront : join(prefix, `bin/${name}${exe}`);
  mkdirSync(dirname(program), { recursive: true });
  // With the same name in every build, because the program contains it.
  const compiled = join(source, `compiled/${name}${exe}`);
  const cpu = platform.arch === "arm64" ? "arm64" : "x64";
  const target = `bun-${platform.os}-${cpu}${platform.libc === "musl" ? "-musl" : ""}`;
  const options = [`--target=${target}`, `--compile-executable-path=${runtime}`, "--outfile", compiled];
  run([bunProgram(), ...compileOptions, ...options, "src/main.ts"], { cwd: source, env });
  copyFileSync(compiled, program);
  if (platform.front) compileFrontFor(platform.front, join(prefix, `bin/${name}`), tools);
  for (const [path, text] of shared) {
    mkdirSync(dirname(join(prefix, path)), { recursive: true });
    writeFileSync(join(prefix, path), text);
  }
  chmodSync(program, 0o755);
}

export interface PrefixParts {
  /** A copy of the sources by `copySource`. */
  readonly source: string;
  /** Bun for the platform. */
  readonly runtime: string;
  readonly shared: SharedFiles;
  readonly env: Record<string, string | undefined>;
}
