/**
 * Folders with musl and libstdc++, as Alpine has them, in which the tests run releases for musl. They are made outside the
 * repository, from packages of Debian 13 (Debian 12's musl can't load that libstdc++) and of PyPI.
 * Usage: node scripts/bun.mjs scripts/musl-roots.ts makes them, if they are missing, and prints their folder.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { testCache } from "./test-cache.ts";

const requirementsPath = fileURLToPath(
  new URL("../test/support/release/musl-libraries.txt", import.meta.url),
);
const requirements = readFileSync(requirementsPath, "utf8");

/** Debian's and musl's names of the architectures. */
const architectures = { amd64: "x86_64", arm64: "aarch64" } as const;

const suite = "trixie";
const keys = "/usr/share/keyrings/debian-archive-keyring.gpg";

const folder = () => testCache("musl-roots", process.env);
const stamp = () => join(folder(), "made-from.txt");

/** The root of an architecture; undefined if it was not made. */
export function muslRoot(cpu: "x86_64" | "aarch64"): string | undefined {
  const isMade = existsSync(stamp()) && readFileSync(stamp(), "utf8") === requirements;
  return isMade ? join(folder(), cpu) : undefined;
}

function make(): void {
  rmSync(folder(), { recursive: true, force: true });
  const work = join(folder(), "work");
  downloadMusl(work);
  run(["/usr/bin/python3", "-m", "venv", join(work, "venv")]);
  for (const [debian, cpu] of Object.entries(architectures)) {
    const root = join(folder(), cpu);
    for (const each of ["lib", "usr/lib", "etc"]) mkdirSync(join(root, each), { recursive: true });
    const loader = `ld-musl-${cpu}.so.1`;
    run(["dpkg-deb", "-x", fileIn(work, `_${debian}.deb`), join(work, cpu)]);
    cpSync(join(work, cpu, "usr/lib", `${cpu}-linux-musl`, "libc.so"), join(root, "lib", loader));
    symlinkSync(loader, join(root, `lib/libc.musl-${cpu}.so.1`));
    // Otherwise qemu finds the machine's file, if it has musl itself.
    writeFileSync(join(root, `etc/ld-musl-${cpu}.path`), "/lib\n/usr/lib\n");
    const platform = `musllinux_1_2_${cpu}`;
    const only = ["--only-binary=:all:", "--no-deps", "--platform", platform, "--python-version", "312"];
    const pip = [join(work, "venv/bin/python"), "-m", "pip", "--disable-pip-version-check", "--quiet"];
    run([...pip, "download", ...only, "--require-hashes", "--dest", work, "-r", requirementsPath]);
    run(["/usr/bin/python3", "-m", "zipfile", "-e", fileIn(work, `_${cpu}.whl`), join(work, cpu)]);
    const libraries = join(work, cpu, "ujson.libs");
    for (const each of readdirSync(libraries)) {
      // The wheel's names contain a hash; the program asks for the plain name.
      const name = each.startsWith("libstdc++") ? "libstdc++.so.6" : each;
      cpSync(join(libraries, each), join(root, "usr/lib", name));
    }
  }
  rmSync(work, { recursive: true });
  writeFileSync(stamp(), requirements);
}

/** Downloads the packages with lists and settings of their own, so that the machine's packages stay as they are. */
function downloadMusl(to: string): void {
  for (const each of ["state/lists/partial", "cache/archives/partial"]) {
    mkdirSync(join(to, each), { recursive: true });
  }
  writeFileSync(join(to, "status"), "");
  writeFileSync(join(to, "sources.list"), `deb [signed-by=${keys}] ${mirror()} ${suite} main\n`);
  const settings = {
    "Dir::State": join(to, "state"),
    "Dir::State::status": join(to, "status"),
    "Dir::Cache": join(to, "cache"),
    "Dir::Etc::sourcelist": join(to, "sources.list"),
    "Dir::Etc::sourceparts": "-",
    "APT::Architecture": "amd64",
    "APT::Architectures": Object.keys(architectures).join(),
    "APT::Sandbox::User": "root",
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  run(["apt-get", ...options, "--quiet", "update"]);
  run(["apt-get", ...options, "download", ...Object.keys(architectures).map((each) => `musl:${each}`)], to);
}

/** Where this machine gets its packages of Debian. */
function mirror(): string {
  const targets = ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"];
  const { stdout } = Bun.spawnSync(["apt-get", ...targets]);
  const [first = ""] = stdout.toString().split("\n");
  if (first === "") throw new Error("apt has no lists of Debian: run apt-get update");
  return first;
}

function fileIn(folder: string, ending: string): string {
  const name = readdirSync(folder).find((each) => each.endsWith(ending));
  if (name === undefined) throw new Error(`no *${ending} was downloaded`);
  return join(folder, name);
}

function run(command: string[], cwd = "/"): void {
  const { exitCode } = Bun.spawnSync(command, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  if (exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${exitCode}`);
}

if (import.meta.main) {
  if (muslRoot("x86_64") === undefined) make();
  console.log(folder());
}
