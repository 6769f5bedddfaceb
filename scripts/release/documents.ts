import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lock } from "./lock.ts";
import type { Project } from "./project.ts";
import { run } from "./run.ts";
import { sbom, sbomFormats } from "./sbom.ts";
import { fillTemplate, templates } from "./templates.ts";
import { changelogSection } from "./version.ts";

export interface DocumentParts {
  readonly root: string;
  readonly version: string;
  readonly epoch: number;
  readonly project: Project;
  readonly lock: Lock;
}

/**
 * Writes the other files of a release: release notes, provenance, lists of contents, recipes of other package managers.
 * @param source a copy of the sources by `copySource`
 * @returns the recipes that were omitted because a tarball that they name was not built
 */
export function writeDocuments(source: string, out: string, parts: DocumentParts): readonly string[] {
  const { root, version, epoch, project, lock } = parts;
  const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  const notes = changelogSection(changelog, version) ?? changelogSection(changelog, "Unreleased") ?? "";
  writeFileSync(join(out, "RELEASE-NOTES.md"), `${notes}\n`);
  writeFileSync(join(out, "PROVENANCE.txt"), provenance(parts));
  copyFileSync(join(root, "package-lock.json"), join(source, "package-lock.json"));
  const bun = lock.packages["node_modules/bun"]?.version ?? "";
  for (const format of sbomFormats) {
    const name = `docker-credential-ecr-${version}.${format === "spdx" ? "spdx" : "cdx"}.json`;
    writeFileSync(join(out, name), sbom(source, format, { version, epoch, bun }));
  }
  return [...templates].flatMap(([name, path]) => {
    const text = readFileSync(join(root, "packaging", path), "utf8");
    const filled = fillTemplate(text, version, project, out);
    if (filled === undefined) return [name];
    writeFileSync(join(out, name), filled);
    return [];
  });
}

function provenance({ root, version, epoch, project }: DocumentParts): string {
  const git = (...args: string[]) => run(["git", "-C", root, ...args]).trim();
  const changed = git("status", "--porcelain", "--untracked-files=no") === "" ? "" : " with changes";
  return `docker-credential-ecr ${version}
source: ${project.url}
commit: ${git("rev-parse", "HEAD")}${changed}
source date: ${new Date(epoch * 1000).toISOString()}

Runtimes and libraries come from npm by the checksums of package-lock.json, the
compiler of the native front from PyPI by that of
scripts/release/zig-requirements.txt. Build the same bytes from this commit:

  npm ci && SOURCE_DATE_EPOCH=${epoch} npm run release -- ${version}
`;
}
