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

/** For Zig, whose clang makes a static program that can be placed anywhere of these two. */
export const releaseFlags = [...warnings, ...hardening, ...linuxHardening, "-static", "-pie", "-s"];

/**
 * From the best to what any C compiler takes. Without libc's shared library a start takes half as long, but its static
 * one is not on every machine.
 */
const builds = [
  [...warnings, ...hardening, ...linuxHardening, "-static-pie", "-s"],
  [...warnings, ...hardening, ...linuxHardening, "-pie", "-s"],
  [...warnings, ...hardening],
  ["-O2"],
];

/**
 * @param flags of one build; without them the best that this compiler can make
 * @returns undefined, or why there is no program
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
