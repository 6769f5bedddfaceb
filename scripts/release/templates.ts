import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256Of } from "./checksums.ts";
import type { Project } from "./project.ts";

/** The templates below packaging/, by their name in a release. */
export const templates: ReadonlyMap<string, string> = new Map([
  ["docker-credential-ecr.rb", "homebrew/docker-credential-ecr.rb"],
  ["APKBUILD", "alpine/APKBUILD"],
  ["PKGBUILD", "aur/PKGBUILD"],
]);

/**
 * Replaces `@NAME@` and `@SHA256 PLATFORM@` by the release's values.
 * @returns undefined if `out` lacks a tarball that the template names
 * @throws if a name is unknown
 */
export function fillTemplate(
  text: string,
  version: string,
  project: Project,
  out: string,
): string | undefined {
  const values: Record<string, string> = {
    VERSION: version,
    // Neither allows a hyphen.
    ALPINE_VERSION: version.replace(/-([a-z]+)\.?/, "_$1"),
    ARCH_VERSION: version.replace("-", "_"),
    URL: project.url,
    DOWNLOADS: project.downloads,
    MAINTAINER: project.maintainer,
  };
  let isComplete = true;
  const filled = text.replace(
    /@(?:(SHA256|SHA512) ([\w-]+)|([A-Z_]+))@/g,
    (whole, algorithm, platform, name) => {
      if (name) {
        const value = values[name];
        if (value === undefined) throw new Error(`a template has the unknown name ${whole}`);
        return value;
      }
      const tarball = join(out, `docker-credential-ecr-${version}-${platform}.tar.xz`);
      if (!existsSync(tarball)) {
        isComplete = false;
        return whole;
      }
      return algorithm === "SHA256" ? sha256Of(tarball) : sha512Of(tarball);
    },
  );
  return isComplete ? filled : undefined;
}

const sha512Of = (path: string) => createHash("sha512").update(readFileSync(path)).digest("hex");
