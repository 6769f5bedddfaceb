/**
 * The AWS CLI, with which a test compares the principal that this program uses. It is kept outside the repository,
 * in a virtual environment of its own.
 * Usage: node scripts/bun.mjs scripts/aws-cli.ts installs it, if it is not there yet, and prints its folder.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const requirementsPath = fileURLToPath(new URL("../test/support/aws-cli/requirements.txt", import.meta.url));
const requirements = readFileSync(requirementsPath, "utf8");

/** Where this version is, or is to be. */
export function awsCliFolder(env: Readonly<Record<string, string | undefined>>): string {
  const version = /^awscli==(\S+)$/m.exec(requirements)?.[1];
  return join(
    env.XDG_CACHE_HOME || join(homedir(), ".cache"),
    `docker-credential-ecr-tests/aws-cli-${version}`,
  );
}

/** Written last; it holds what was installed. */
const stampOf = (folder: string): string => join(folder, "installed.txt");

export function isInstalled(folder: string): boolean {
  return existsSync(stampOf(folder)) && readFileSync(stampOf(folder), "utf8") === requirements;
}

function install(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Debian's own Python: the one that scripts/e2e-needs.mjs sees to.
  const python = Bun.which("python3", { PATH: "/usr/bin:/bin" }) ?? "python3";
  run(python, "-m", "venv", folder);
  const pip = [join(folder, "bin/python"), "-m", "pip", "--disable-pip-version-check"];
  run(...pip, "install", "--quiet", "--no-deps", "--requirement", requirementsPath);
  writeFileSync(stampOf(folder), requirements);
}

function run(...command: string[]): void {
  const { exitCode } = Bun.spawnSync(command, { stdio: ["ignore", "inherit", "inherit"] });
  if (exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${exitCode}`);
}

if (import.meta.main) {
  const folder = awsCliFolder(process.env);
  if (!isInstalled(folder)) install(folder);
  console.log(folder);
}
