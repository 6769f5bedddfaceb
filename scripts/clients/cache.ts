import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testCache } from "../test-cache.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder for clients, outside the repository, next to the caches of other tests. */
export function clientsFolder(env: Environment = process.env): string {
  return testCache("clients", env);
}

/** The folder of one client, or of a set of them. */
export function clientFolder(name: string): string {
  return join(clientsFolder(), name);
}

/** Whether the folder contains the requested versions. */
export function isInstalled(name: string, wanted: string): boolean {
  const stamp = stampOf(name);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
}

/**
 * Installs into a new folder. A failed installation leaves no stamp.
 *
 * @param wanted the versions, for `isInstalled`
 */
export function installInto(name: string, wanted: string, install: (folder: string) => void): void {
  const folder = clientFolder(name);
  rmSync(stampOf(name), { force: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  install(folder);
  writeFileSync(stampOf(name), wanted);
}

const stampOf = (name: string): string => `${clientFolder(name)}.installed`;

/** Runs a program at the lowest priority. @throws Error if it fails */
export function run(command: readonly string[], options: { env?: Environment; cwd?: string } = {}): void {
  const { exitCode } = Bun.spawnSync(["nice", "-n", process.env.CLIENTS_NICE ?? "19", ...command], {
    ...options,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${exitCode}`);
}
