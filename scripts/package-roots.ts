/**
 * Roots of small systems in which the tests install packages, made outside the repository with debootstrap.
 * Usage: node scripts/bun.mjs scripts/package-roots.ts makes those that are missing, and prints their folders.
 */
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientFolder, installInto, isInstalled, run } from "./clients/cache.ts";

/** Debian's suites, and what each root has besides a minimal Debian. */
const roots = {
  "debian-12": { suite: "bookworm", include: "passwd" },
  "debian-13": { suite: "trixie", include: "passwd" },
  // A stand-in for an RPM distribution: Debian's libraries, with rpm as the only manager of the package.
  rpm: { suite: "trixie", include: "passwd,rpm" },
} as const;

export type PackageRoot = keyof typeof roots;

const nameOf = (root: PackageRoot) => `package-root-${root}`;
const wantedFor = (root: PackageRoot) => `${Object.values(roots[root]).join(" ")}\n`;

/** The folder of a root; undefined if it was not made. */
export function packageRoot(root: PackageRoot): string | undefined {
  return isInstalled(nameOf(root), wantedFor(root)) ? clientFolder(nameOf(root)) : undefined;
}

function make(root: PackageRoot): void {
  const { suite, include } = roots[root];
  installInto(nameOf(root), wantedFor(root), (folder) => {
    run(["debootstrap", "--variant=minbase", `--include=${include}`, suite, folder]);
    // Installed services must not start.
    writeFileSync(join(folder, "usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    // RPM distributions have it there.
    if (root === "rpm")
      symlinkSync("../bin/update-alternatives", join(folder, "usr/sbin/update-alternatives"));
  });
}

if (import.meta.main) {
  for (const root of Object.keys(roots) as PackageRoot[]) {
    if (packageRoot(root) === undefined) make(root);
    console.log(packageRoot(root));
  }
}
