// Compiles the native front (native/*.c): docs/native-front.md.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), "native");

export const frontSources = readdirSync(folder)
  .filter((name) => name.endsWith(".c"))
  .map((name) => join(folder, name));

export const warnings = ["-std=c11", "-Wall", "-Wextra", "-Werror"];

const hardening = ["-O2", "-D_FORTIFY_SOURCE=2", "-fstack-protector-strong", "-fPIE"];
const linuxHardening = ["-fstack-clash-protection", "-Wl,-z,relro,-z,now,-z,noexecstack"];

/** For Zig, whose clang makes a static position-independent program from these two. */
export const releaseFlags = [...warnings, ...hardening, ...linuxHardening, "-static", "-pie", "-s"];

/**
 * Flags, from the best to those that every C compiler accepts. A static program starts twice as fast, but not every machine
 * has a static libc.
 */
const builds = [
  [...warnings, ...hardening, ...linuxHardening, "-static-pie", "-s"],
  [...warnings, ...hardening, ...linuxHardening, "-pie", "-s"],
  [...warnings, ...hardening],
  ["-O2"],
];

/**
 * @param flags of one build; default: the best that this compiler accepts
 * @returns undefined, or the problem
 */
export function compileFront(
  target,
  { cc = process.env.CC || "cc", flags, sources = frontSources, env = process.env } = {},
) {
  let problem;
  for (const each of flags ? [flags] : builds) {
    const { status, error, stderr } = spawnSync(cc, [...each, "-o", target, ...sources], {
      encoding: "utf8",
      env,
    });
    if (status === 0) return undefined;
    if (error) return `${cc} can't be started (${error.code})`;
    problem = stderr;
  }
  return problem;
}
