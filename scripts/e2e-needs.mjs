// The programs that the tests need in addition to npm packages, and their Debian packages.
// Usage: node scripts/e2e-needs.mjs prints the missing packages, one per line.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folders where the tests look for programs: those of the distribution, not the PATH. */
const folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** For some unit tests: of service files, of completion in shells, of the man page. */
export const unitNeeds = [
  { program: "systemd-analyze", package: "systemd" },
  { program: "python3", package: "python3" },
  // For the AWS CLI, which scripts/aws-cli.ts installs.
  { program: "python3", package: "python3-venv", isUsable: hasVenv },
  { program: "bash", package: "bash" },
  { program: "zsh", package: "zsh" },
  { program: "fish", package: "fish" },
  { program: "groff", package: "groff-base" },
  { program: "mandoc", package: "mandoc" },
  { program: "promtool", package: "prometheus" },
  // With its sanitizers and the headers of libc; clang and its runtime are for fuzzing.
  { program: "cc", package: "build-essential" },
  { program: "clang", package: "clang" },
  { program: "clang", package: "libclang-rt-dev", isUsable: canFuzz },
  { program: "musl-gcc", package: "musl-tools" },
  // For building and installing releases.
  { program: "xz", package: "xz-utils" },
  { program: "minisign", package: "minisign" },
  { program: "curl", package: "curl" },
  { program: "rpmbuild", package: "rpm" },
  { program: "lintian", package: "lintian" },
  { program: "rpmlint", package: "rpmlint" },
  // The location in Go's own archive.
  { program: "go", package: "golang-go", folders: ["/usr/local/go/bin"] },
];

/** Without these, no end-to-end test can run. */
export const baseNeeds = [
  { program: "unshare", package: "util-linux" },
  { program: "mount", package: "mount" },
  { program: "ip", package: "iproute2" },
  { program: "tar", package: "tar" },
  { program: "dockerd", package: "docker.io" },
  { program: "docker", package: "docker.io" },
  { program: "runc", package: "runc" },
  { program: "docker-registry", package: "docker-registry" },
  { program: "busybox", package: "busybox-static", isUsable: isStatic },
];

/** Each of these is only needed for the tests of that client. */
export const clientNeeds = [
  { program: "packer", package: "packer" },
  { program: "shellcheck", package: "shellcheck" },
  { program: "skopeo", package: "skopeo" },
  { program: "podman", package: "podman" },
  { program: "buildah", package: "buildah" },
  { program: "systemctl", package: "systemd" },
  // For a system that boots, and for a user's service manager in it.
  {
    program: "systemctl",
    package: "dbus",
    isUsable: () => existsSync("/usr/lib/systemd/system/dbus.socket"),
  },
  { program: "systemctl", package: "libpam-systemd", isUsable: hasPamSystemd },
  { program: "kubectl", package: "kubernetes-client" },
  { program: "prometheus", package: "prometheus" },
  { program: "prometheus-node-exporter", package: "prometheus-node-exporter" },
  { program: "docker-credential-ecr-login", package: "amazon-ecr-credential-helper" },
];

/** For the tests of logins to other registries, including integration tests. */
export const keychainNeeds = [
  { program: "gnome-keyring-daemon", package: "gnome-keyring" },
  { program: "dbus-daemon", package: "dbus-daemon" },
  { program: "dbus-send", package: "dbus-bin" },
  { program: "secret-tool", package: "libsecret-tools" },
  { program: "docker-credential-secretservice", package: "golang-docker-credential-helpers" },
  { program: "docker-credential-pass", package: "golang-docker-credential-helpers" },
  { program: "pass", package: "pass" },
  { program: "gpg", package: "gpg" },
];

/** The needs that are missing on this machine. */
export function missing(needs) {
  return needs.filter(({ program, folders: more = [], isUsable = () => true }) => {
    const path = [...folders, ...more].map((folder) => join(folder, program)).find(isExecutable);
    return path === undefined || !isUsable(path);
  });
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether clang has libFuzzer. */
function canFuzz(path) {
  const source =
    "int LLVMFuzzerTestOneInput(const char *data, unsigned long size) { return data && size ? 0 : 0; }\n";
  const args = ["-x", "c", "-", "-fsanitize=fuzzer,address", "-o", "/dev/stdout"];
  return spawnSync(path, args, { input: source, stdio: ["pipe", "ignore", "ignore"] }).status === 0;
}

/** A dynamic program can't run in an empty image. Its loader's name is near the start of the file. */
function isStatic(path) {
  return !/\/ld-(linux|musl)/.test(readFileSync(path).subarray(0, 4096).toString("latin1"));
}

/** Debian's Python can't create virtual environments without another package. */
function hasVenv(path) {
  return spawnSync(path, ["-c", "import ensurepip, venv"]).status === 0;
}

/** PAM's modules are in a folder of the architecture. */
function hasPamSystemd() {
  const library = "/usr/lib";
  return readdirSync(library).some((each) => existsSync(join(library, each, "security/pam_systemd.so")));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const needs = [...unitNeeds, ...baseNeeds, ...clientNeeds, ...keychainNeeds];
  const packages = missing(needs).map((need) => need.package);
  for (const name of new Set(packages)) console.log(name);
}
