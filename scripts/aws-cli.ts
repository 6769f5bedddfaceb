/**
 * The AWS CLI, with which a test compares this program's principal. It is installed outside the repository, in its own
 * virtual environment.
 * Usage: node scripts/bun.mjs scripts/aws-cli.ts installs it, if it is missing, and prints its folder.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { testCache } from "./test-cache.ts";

const requirementsPath = fileURLToPath(new URL("../test/support/aws-cli/requirements.txt", import.meta.url));
const requirements = readFileSync(requirementsPath, "utf8");

/** The folder of this version. */
export function awsCliFolder(env: Readonly<Record<string, string | undefined>>): string {
  const version = /^awscli==(\S+)$/m.exec(requirements)?.[1];
  return testCache(`aws-cli-${version}`, env);
}

/** Written last, with the installed version. */
const stampOf = (folder: string): string => join(folder, "installed.txt");

export function isInstalled(folder: string): boolean {
  return existsSync(stampOf(folder)) && readFileSync(stampOf(folder), "utf8") === requirements;
}

function install(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Debian's Python, which scripts/e2e-needs.mjs requires.
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
