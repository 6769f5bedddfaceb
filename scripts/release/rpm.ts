import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type PackageParts, packageVersion } from "./deb.ts";
import { linuxTree } from "./linux-tree.ts";
import type { Platform } from "./platforms.ts";
import { run } from "./run.ts";

const name = "docker-credential-ecr";

/**
 * Builds a package for Fedora, RHEL, Amazon Linux and SUSE from a prefix of `buildPrefix`.
 * @returns its path in `out`
 */
export function buildRpm(prefix: string, platform: Platform, work: string, out: string, parts: PackageParts) {
  const { version, epoch, level, project, packaging, env } = parts;
  const arch = { x64: "x86_64", arm64: "aarch64" }[platform.arch];
  const top = join(work, `rpm-${arch}`);
  const tree = join(top, "files");
  const zshFolder = "usr/share/zsh/site-functions";
  linuxTree(prefix, tree, packaging, {
    zshFolder,
    licenceFolder: `usr/share/licenses/${name}`,
    licences: ["LICENSE", "THIRD-PARTY-LICENCES.txt"],
  });
  run(["chmod", "-R", "u+rw,go+rX,go-w", tree]);
  mkdirSync(join(top, "tmp"));
  const macros = {
    _topdir: top,
    _tmppath: join(top, "tmp"),
    _rpmdir: out,
    _rpmfilename: `${name}-${packageVersion(version)}-1.${arch}.rpm`,
    _dbpath: join(top, "db"),
    files_root: tree,
    release_version: packageVersion(version),
    project_url: project.url,
    maintainer: project.maintainer,
    changelog_date: new Date(epoch * 1000)
      .toUTCString()
      .replace(/^(\w+), (\d+) (\w+) (\d+) .*/, "$1 $3 $2 $4"),
    level: String(level),
  };
  const defines = Object.entries(macros).flatMap(([key, value]) => ["--define", `${key} ${value}`]);
  const spec = join(packaging, `rpm/${name}.spec`);
  run(["rpmbuild", "-bb", "--target", `${arch}-linux`, ...defines, spec], { env });
  return join(out, macros._rpmfilename);
}
