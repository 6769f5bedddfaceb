import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { version as builtVersion } from "../../../package.json";
import { platforms } from "../../../scripts/release/platforms.ts";
import { releaseNote } from "../../../scripts/release/release-note.ts";
import type { BootedSystem } from "./booted-system.ts";

const checkout = fileURLToPath(new URL("../../../", import.meta.url));
const name = "docker-credential-ecr";

/** A version before the built one, which is as long as that. */
export const formerVersion = builtVersion.replace(/[1-9]/, (digit) => String(Number(digit) - 1));

/**
 * Places the built program in a system as an unpacked release.
 *
 * @param version the former version: the built program with another version in it
 * @returns the path of its install.sh
 */
export function placeRelease(system: BootedSystem, version = builtVersion): string {
  const platform = platforms.find((each) => each.name === `linux-${process.arch}`);
  if (!platform) throw new Error(`no release for ${process.arch}`);
  const folder = `/srv/${name}-${version}`;
  const at = system.path(folder);
  for (const each of [`lib/${name}`, "bin", "share/man/man1"]) mkdirSync(join(at, each), { recursive: true });
  copyFileSync(join(checkout, "install.sh"), join(at, "install.sh"));
  writeFileSync(join(at, "RELEASE"), releaseNote(platform, version));
  copyFileSync(join(checkout, `dist/${name}.1`), join(at, `share/man/man1/${name}.1`));
  copyFileSync(join(checkout, `dist/bin/${name}`), join(at, `bin/${name}`));
  const program = readFileSync(join(checkout, "dist", name));
  if (version !== builtVersion) replaceAll(program, builtVersion, version);
  writeFileSync(join(at, `lib/${name}/${name}`), program);
  chmodSync(join(at, `lib/${name}/${name}`), 0o755);
  return `${folder}/install.sh`;
}

function replaceAll(bytes: Buffer, text: string, other: string): void {
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) bytes.write(other, at);
}
