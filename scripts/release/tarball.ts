import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { run } from "./run.ts";

/**
 * Options of xz. Blocks have a fixed size, so that two threads give the same bytes as one; 0 is for tests, fast.
 * @param level 0 to 9
 */
export const xzOptions = (level: number): readonly string[] =>
  level === 0
    ? ["-0", "--threads=1"]
    : ["--threads=2", "--block-size=64MiB", "--x86", `--lzma2=preset=${level},dict=64MiB`];

/**
 * Packs a folder with its name; order, owners, modes and times depend only on its files.
 * @param level of xz, 0 to 9
 */
export function packTarball(
  folder: string,
  target: string,
  { epoch, xz }: { epoch: number; xz: readonly string[] },
) {
  const unpacked = target.replace(/\.xz$/, "");
  run([
    "tar",
    "--create",
    "--format=gnu",
    "--sort=name",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    // 0755 for executables, else 0644, independent of the umask.
    "--mode=u+rw,go+rX,go-w",
    `--mtime=@${epoch}`,
    `--file=${unpacked}`,
    `--directory=${dirname(folder)}`,
    basename(folder),
  ]);
  // A checksum that busybox supports too.
  run(["xz", "--force", "--check=crc32", ...xz, unpacked]);
}

/** The paths of all files in a folder, sorted. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}
