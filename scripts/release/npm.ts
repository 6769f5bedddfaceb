import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Platform } from "./platforms.ts";
import type { Project } from "./project.ts";
import { run } from "./run.ts";

const name = "docker-credential-ecr";

export interface NpmParts {
  readonly version: string;
  readonly project: Project;
  readonly packaging: string;
  readonly env: Record<string, string | undefined>;
}

/** npm's launcher is a shell script: Windows has none. */
export const hasNpmPackage = ({ os }: Platform): boolean => os !== "windows";

/** Packs the program for one platform; npm installs it if `os`, `cpu` and `libc` match the machine. */
export function packPlatform(
  prefix: string,
  platform: Platform,
  work: string,
  out: string,
  parts: NpmParts,
): void {
  const folder = join(work, `npm-${platform.name}`);
  mkdirSync(folder);
  for (const part of ["bin", "lib", "LICENSE", "THIRD-PARTY-LICENCES.txt"]) {
    if (existsSync(join(prefix, part))) {
      cpSync(join(prefix, part), join(folder, part), { recursive: true });
    }
  }
  const { os, arch, libc } = platform;
  write(folder, out, parts, {
    name: `${name}-${platform.name}`,
    description: `${name} for ${platform.name}; install ${name}`,
    os: [os],
    cpu: [arch],
    ...(libc && { libc: [libc] }),
  });
}

/** Packs the package that users install: it has the packages of all platforms as optional dependencies. */
export function packMain(
  prefix: string,
  platforms: readonly Platform[],
  work: string,
  out: string,
  parts: NpmParts,
) {
  const folder = join(work, "npm");
  mkdirSync(join(folder, "bin"), { recursive: true });
  cpSync(join(parts.packaging, "npm", name), join(folder, "bin", name));
  cpSync(join(prefix, `share/man/man1/${name}.1`), join(folder, `${name}.1`));
  cpSync(join(prefix, "LICENSE"), join(folder, "LICENSE"));
  write(folder, out, parts, {
    name,
    description: "A Docker credential helper for Amazon ECR that answers from cached tokens",
    bin: { [name]: `bin/${name}` },
    man: [`${name}.1`],
    os: [...new Set(platforms.map(({ os }) => os))],
    optionalDependencies: Object.fromEntries(
      platforms.map((platform) => [`${name}-${platform.name}`, parts.version]),
    ),
  });
}

function write(
  folder: string,
  out: string,
  { version, project, env }: NpmParts,
  manifest: Readonly<Record<string, unknown>>,
): void {
  const all = {
    ...manifest,
    version,
    license: "Apache-2.0",
    homepage: project.url,
    ...(project.isPublishable && { repository: { type: "git", url: `git+${project.url}.git` } }),
  };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(all, null, 2)}\n`);
  run(["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", out], { cwd: folder, env });
}
