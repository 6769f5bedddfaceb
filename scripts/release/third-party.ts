import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Lock, nameIn, programPackages } from "./lock.ts";

const isLicence = (file: string) => /^(licen[cs]e|notice|copying)/i.test(file);

/**
 * The names and licences of everything that the program contains.
 * @param root the folder with node_modules
 * @param more texts about other components, by name
 */
export function thirdPartyText(root: string, lock: Lock, more: ReadonlyMap<string, string>): string {
  const parts = programPackages(lock).map((path) => {
    const folder = join(root, path);
    const texts = existsSync(folder)
      ? readdirSync(folder)
          .filter(isLicence)
          .sort()
          .map((file) => readFileSync(join(folder, file), "utf8").trim())
      : [];
    const { version = "", license = "unknown" } = lock.packages[path] ?? {};
    return section(
      `${nameIn(path)} ${version} (${license})`,
      texts.join("\n\n") || `Licensed under ${license}.`,
    );
  });
  const others = [...more].map(([name, text]) => section(name, text.trim()));
  return `docker-credential-ecr contains these works of others.\n\n${[...others, ...parts].join("\n")}`;
}

const section = (title: string, text: string) => `${"=".repeat(78)}\n${title}\n\n${text}\n`;
