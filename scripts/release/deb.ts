import { cpSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { linuxTree } from "./linux-tree.ts";
import type { Platform } from "./platforms.ts";
import type { Project } from "./project.ts";
import { run } from "./run.ts";
import { filesBelow } from "./tarball.ts";

const name = "docker-credential-ecr";
const doc = `usr/share/doc/${name}`;

export interface PackageParts {
  readonly version: string;
  readonly epoch: number;
  /** The level of xz, 0 to 9. */
  readonly level: number;
  readonly project: Project;
  readonly packaging: string;
  readonly env: Record<string, string | undefined>;
}

/** A `~` sorts before the end: 1.0.0~rc.1 comes before 1.0.0, with dpkg and rpm alike. */
export const packageVersion = (version: string): string => version.replace("-", "~");

/**
 * Builds a Debian package from a prefix of `buildPrefix`.
 * @returns its path in `out`
 */
export function buildDeb(prefix: string, platform: Platform, work: string, out: string, parts: PackageParts) {
  const { version, epoch, level, project, packaging, env } = parts;
  const arch = { x64: "amd64", arm64: "arm64" }[platform.arch];
  const tree = join(work, `deb-${arch}`);
  const zshFolder = "usr/share/zsh/vendor-completions";
  linuxTree(prefix, tree, packaging, {
    zshFolder,
    licenceFolder: doc,
    licences: ["THIRD-PARTY-LICENCES.txt"],
  });
  const revision = `${packageVersion(version)}-1`;
  const date = new Date(epoch * 1000).toUTCString().replace("GMT", "+0000");
  writeFileSync(join(tree, doc, "copyright"), copyright(project, epoch));
  writeFileSync(
    join(tree, doc, "changelog.Debian.gz"),
    gzipSync(
      `${name} (${revision}) stable; urgency=medium\n\n  * Version ${version}: ${project.downloads}\n\n -- ${project.maintainer}  ${date}\n`,
      { level: 9 },
    ),
  );
  mkdirSync(join(tree, "usr/share/lintian/overrides"), { recursive: true });
  cpSync(join(packaging, "debian/lintian-overrides"), join(tree, `usr/share/lintian/overrides/${name}`));
  const control = join(tree, "DEBIAN");
  mkdirSync(control);
  for (const script of ["postinst", "prerm", "postrm"]) {
    cpSync(join(packaging, "debian", script), join(control, script));
  }
  writeFileSync(join(control, "conffiles"), `/etc/default/${name}\n`);
  const files = filesBelow(tree).filter((file) => !file.startsWith("DEBIAN/"));
  const size = files.reduce((sum, file) => sum + Math.ceil(statSync(join(tree, file)).size / 1024), 0);
  writeFileSync(join(control, "md5sums"), run(["md5sum", ...files], { cwd: tree }));
  writeFileSync(join(control, "control"), controlFile({ revision, arch, size, project }));
  run(["chmod", "-R", "u+rw,go+rX,go-w", tree]);
  const target = join(out, `${name}_${revision}_${arch}.deb`);
  run(["dpkg-deb", "--root-owner-group", "-Zxz", `-z${level}`, "--build", tree, target], { env });
  return target;
}

function controlFile(parts: {
  readonly revision: string;
  readonly arch: string;
  readonly size: number;
  readonly project: Project;
}): string {
  return `Package: ${name}
Version: ${parts.revision}
Architecture: ${parts.arch}
Maintainer: ${parts.project.maintainer}
Installed-Size: ${parts.size}
Depends: libc6 (>= 2.17)
Suggests: docker.io | podman
Section: admin
Priority: optional
Homepage: ${parts.project.url}
Description: Docker credential helper and login daemon for Amazon ECR
 Docker, BuildKit, Packer, podman and other clients call it before a pull or a
 push. It answers with a cached Amazon ECR authorization token, and requests a
 new one from AWS if there is no valid token.
 .
 A daemon can renew tokens before they expire.
`;
}

function copyright({ url }: Project, epoch: number): string {
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Source: ${url}

Files: *
Copyright: ${new Date(epoch * 1000).getUTCFullYear()} the docker-credential-ecr developers
License: Apache-2.0
Comment: The works of others that the program contains are listed with their
 licences in THIRD-PARTY-LICENCES.txt.

License: Apache-2.0
 On Debian systems the text of this licence is in
 /usr/share/common-licenses/Apache-2.0.
`;
}
