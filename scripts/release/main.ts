// Builds the files of a release, the same bytes wherever and whenever it runs: CONTRIBUTING.md.
// Usage: npm run release -- VERSION [OPTION...]
import { cpSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checksums } from "./checksums.ts";
import { fetchZig } from "./front.ts";
import type { Lock } from "./lock.ts";
import { type ReleaseOptions, releaseOptions } from "./options.ts";
import { fetchPackage } from "./packages.ts";
import { baseline, platforms as everyPlatform, type Platform } from "./platforms.ts";
import { buildPrefix, sharedFiles } from "./prefix.ts";
import { releaseNote } from "./release-note.ts";
import { buildVariables } from "./run.ts";
import { copySource, useKeyring } from "./source.ts";
import { filesBelow, packTarball, xzOptions } from "./tarball.ts";
import { sourceDate } from "./version.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const name = "docker-credential-ecr";

function release({ version, platforms, out, level }: ReleaseOptions): void {
  const lock: Lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const epoch = sourceDate(root, process.env);
  const env = buildVariables(epoch);
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), `${name}-release`);
  const work = mkdtempSync(join(tmpdir(), "ecr-release-"));
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  try {
    const source = join(work, "source");
    copySource(root, source, version, lock);
    const tools = { zig: fetchZig(cache), cache };
    let shared: ReturnType<typeof sharedFiles> | undefined;
    for (const platform of platforms) {
      report(`${platform.name}: compiling`);
      useKeyring(source, platform, everyPlatform, fetchPackage(lock, platform.keyring, cache));
      shared ??= sharedFiles(source, env);
      const runtime = runtimeIn(fetchPackage(lock, platform.runtime, cache), platform);
      const folder = join(work, platform.name, `${name}-${version}`);
      buildPrefix(platform, folder, { source, runtime, shared, env, ...tools });
      addDocuments(folder, platform, version);
      report(`${platform.name}: packing`);
      const tarball = join(out, `${name}-${version}-${platform.name}.tar.xz`);
      packTarball(folder, tarball, { epoch, xz: xzOptions(level) });
      if (platform.name === baseline.of) linkSync(tarball, tarball.replace(baseline.of, baseline.name));
    }
    writeFileSync(join(out, "SHA256SUMS"), checksums(out, filesBelow(out)));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  report(`the release is in ${out}`);
}

function addDocuments(folder: string, platform: Platform, version: string): void {
  cpSync(join(root, "install.sh"), join(folder, "install.sh"));
  cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  writeFileSync(join(folder, "RELEASE"), releaseNote(platform, version));
}

const runtimeIn = (folder: string, { os }: Platform) =>
  join(folder, "bin", os === "windows" ? "bun.exe" : "bun");

function report(text: string): void {
  console.error(`release: ${text}`);
}

try {
  const options = releaseOptions(process.argv.slice(2), join(root, "dist/release"));
  release({ ...options, out: resolve(options.out) });
} catch (error) {
  report((error as Error).message);
  process.exit(1);
}
