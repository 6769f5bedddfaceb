// Builds the files of a release, reproducibly: CONTRIBUTING.md.
// Usage: npm run release -- VERSION [OPTION...]
import { cpSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checksums } from "./checksums.ts";
import { buildDeb } from "./deb.ts";
import { writeDocuments } from "./documents.ts";
import { fetchZig } from "./front.ts";
import type { Lock } from "./lock.ts";
import { hasNpmPackage, packMain, packPlatform } from "./npm.ts";
import { type ReleaseOptions, releaseOptions } from "./options.ts";
import { fetchPackage } from "./packages.ts";
import { baseline, platforms as everyPlatform, type Platform } from "./platforms.ts";
import { buildPrefix, sharedFiles } from "./prefix.ts";
import { type Project, projectOf } from "./project.ts";
import { publishProblems } from "./publish-checks.ts";
import { releaseNote } from "./release-note.ts";
import { buildRpm } from "./rpm.ts";
import { buildVariables, run } from "./run.ts";
import { sign } from "./sign.ts";
import { copySource, useKeyring } from "./source.ts";
import { filesBelow, packTarball, xzOptions } from "./tarball.ts";
import { thirdPartyText } from "./third-party.ts";
import { mustHaveTools } from "./tools.ts";
import { sourceDate } from "./version.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const packaging = join(root, "packaging");
const name = "docker-credential-ecr";

function release({ version, platforms, out, level, publish, tarballsOnly, key }: ReleaseOptions): void {
  const lock: Lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  mustHaveTools({ signs: key !== undefined, packs: !tarballsOnly });
  const project = projectOf(root, version);
  if (publish) mustBePublishable(version, project);
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
    const parts = { version, epoch, level, project, packaging, env };
    const licences = thirdPartyText(
      root,
      lock,
      new Map([["Bun", readFileSync(join(packaging, "bun-licence.txt"), "utf8")]]),
    );
    let shared: ReturnType<typeof sharedFiles> | undefined;
    for (const platform of platforms) {
      report(`${platform.name}: compiling`);
      useKeyring(source, platform, everyPlatform, fetchPackage(lock, platform.keyring, cache));
      shared ??= sharedFiles(source, env);
      const runtime = runtimeIn(fetchPackage(lock, platform.runtime, cache), platform);
      const folder = join(work, platform.name, `${name}-${version}`);
      buildPrefix(platform, folder, { source, runtime, shared, env, ...tools });
      addDocuments(folder, platform, version, licences);
      report(`${platform.name}: packing`);
      const tarball = join(out, `${name}-${version}-${platform.name}.tar.xz`);
      packTarball(folder, tarball, { epoch, xz: xzOptions(level) });
      if (platform.name === baseline.of) linkSync(tarball, tarball.replace(baseline.of, baseline.name));
      if (tarballsOnly) continue;
      if (platform.libc === "glibc") {
        buildDeb(folder, platform, work, out, parts);
        buildRpm(folder, platform, work, out, parts);
      }
      if (hasNpmPackage(platform)) packPlatform(folder, platform, work, out, parts);
      if (platform === platforms[0]) packMain(folder, everyPlatform.filter(hasNpmPackage), work, out, parts);
    }
    const documents = { root, version, epoch, project, lock };
    for (const recipe of tarballsOnly ? [] : writeDocuments(source, out, documents)) {
      report(`no ${recipe}: not every tarball that it names was built`);
    }
    writeFileSync(join(out, "SHA256SUMS"), checksums(out, filesBelow(out)));
    if (key !== undefined) sign(join(out, "SHA256SUMS"), key, `docker-credential-ecr ${version}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  report(`the release is in ${out}`);
}

function addDocuments(folder: string, platform: Platform, version: string, licences: string): void {
  writeFileSync(join(folder, "THIRD-PARTY-LICENCES.txt"), licences);
  cpSync(join(root, "install.sh"), join(folder, "install.sh"));
  cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  writeFileSync(join(folder, "RELEASE"), releaseNote(platform, version));
}

function mustBePublishable(version: string, { isPublishable }: Project): void {
  const git = (...args: string[]) => run(["git", "-C", root, ...args]).trim();
  const read = (file: string) => readFileSync(join(root, file), "utf8");
  const problems = publishProblems({
    version,
    packageVersion: JSON.parse(read("package.json")).version,
    changelog: read("CHANGELOG.md"),
    tags: git("tag", "--points-at", "HEAD").split("\n"),
    changes: git("status", "--porcelain"),
    isPublishable,
  });
  if (problems.length > 0) throw new Error(`${version} can't be published:\n  ${problems.join("\n  ")}`);
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
