import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Whether packages of every platform are built and tried, which takes ten minutes: CONTRIBUTING.md. */
export const withEveryPlatform = process.env.RELEASE_PACKAGES === "1";

/** Whether packages are built and tried, which takes minutes: in continuous integration those of one platform. */
export const withPackages = withEveryPlatform || process.env.CI === "true";

const tried = withEveryPlatform ? "linux-x64,linux-arm64,linux-x64-musl,linux-arm64-musl" : "linux-x64";

/** The platforms to build. */
export const platforms: readonly string[] = (process.env.RELEASE_PLATFORMS ?? tried).split(",");

export const releaseVersion = "9.8.7";

let built: string | undefined;

/** A folder for the tests of a release, which is removed with this process. */
export function newReleaseFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "ecr-release-test-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Builds the release of all platforms, once for all tests. @returns its folder */
export function builtRelease(): string {
  if (built !== undefined) return built;
  const out = join(newReleaseFolder(), "first");
  buildRelease(platforms, out);
  built = out;
  return out;
}

export function buildRelease(
  names: readonly string[],
  out: string,
  env: Readonly<Record<string, string>> = {},
  version = releaseVersion,
): void {
  const options = [version, "--only", names.join(), "--xz", "0", "--out", out];
  if (!withPackages) options.push("--tarballs");
  const { status, stderr } = spawnSync("npm", ["run", "--silent", "release", "--", ...options], {
    cwd: root,
    env: {
      ...process.env,
      XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(homedir(), ".cache"),
      ...env,
    },
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
}
