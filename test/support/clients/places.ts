import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { clientFolder } from "../../../scripts/clients/cache.ts";
import { debianRootPath } from "../../../scripts/clients/debian.ts";
import { goClientPath } from "../../../scripts/clients/go.ts";
import { mavenProgramsPath } from "../../../scripts/clients/maven.ts";
import { machine } from "../e2e/hooks.ts";
import type { Client } from "./client.ts";

const dist = fileURLToPath(new URL("../../../dist", import.meta.url));

/** Programs of the root that run in it. */
const inRoot =
  "docker podman skopeo buildah crane oras notation cosign apptainer podman-compose ansible".split(" ");

/** The PATH on which a client's program is; undefined: it is not installed. */
export function pathOf({ origin, program }: Pick<Client, "origin" | "program">): string | undefined {
  const folder = folderOf(origin, program);
  const { path } = machine();
  const whole = folder === undefined ? path : `${folder}:${path}`;
  return Bun.which(program, { PATH: folder ?? path }) === null ? undefined : whole;
}

function folderOf(origin: Client["origin"], program: string): string | undefined {
  switch (origin) {
    case "Debian 12":
      return undefined;
    case "Debian sid":
      return debianPrograms();
    case "Go module":
      return dirname(goClientPath(program));
    case "PyPI":
      return join(clientFolder(program === "python" ? "python" : "python-more"), "bin");
    case "Maven Central":
      trustStore();
      return mavenProgramsPath();
    case "npm":
      return join(clientFolder("npm"), "node_modules", ".bin");
  }
}

/** Writes this namespace's authorities in Java's format, for MAVEN_OPTS, if the programs are installed. */
function trustStore(): void {
  const store = join(machine().folder, "authorities.p12");
  const program = join(mavenProgramsPath(), "trust-store");
  if (existsSync(store) || !existsSync(program)) return;
  const { status, stderr } = spawnSync(program, ["/etc/ssl/certs/ca-certificates.crt", store], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
}

let programs: string | undefined;

/** A folder with a script for each program of Debian's newest clients, which runs it in their root. */
function debianPrograms(): string {
  programs ??= mountDebian();
  return programs;
}

/** The root with this namespace's files, hosts, authorities and devices. What is written to it is gone with the namespace. */
function mountDebian(): string {
  const base = join(machine().folder, "debian");
  const bin = join(base, "bin");
  mkdirSync(bin, { recursive: true });
  const lower = debianRootPath();
  if (!existsSync(join(lower, "usr/bin"))) return bin;
  const [upper, work, root] = ["upper", "work", "root"].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [upper, work, root]) mkdirSync(folder);
  mount("-t", "overlay", "overlay", root, "-o", `lowerdir=${lower},upperdir=${upper},workdir=${work}`);
  for (const folder of ["/proc", "/sys", "/dev", "/run"]) mount("--rbind", folder, join(root, folder));
  for (const folder of [machine().folder, dist]) {
    mkdirSync(join(root, folder), { recursive: true });
    mount("--bind", folder, join(root, folder));
  }
  for (const file of ["/etc/hosts", "/etc/ssl/certs/ca-certificates.crt"])
    mount("--bind", file, join(root, file));
  const inside = `${join(machine().folder, "bin")}:/usr/sbin:/usr/bin:/sbin:/bin`;
  for (const name of inRoot) {
    if (!existsSync(join(root, "usr/bin", name))) continue;
    const enter = `cd "$1" && shift && exec "$@"`;
    const script = `#!/bin/sh\nexec chroot ${root} /usr/bin/env PATH=${inside} sh -c '${enter}' sh "$PWD" ${name} "$@"\n`;
    writeFileSync(join(bin, name), script);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

function mount(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("mount", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`mount ${args.join(" ")}: ${stderr}`);
}
