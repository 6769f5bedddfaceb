import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const name = "docker-credential-ecr";

/** A system that qemu emulates. */
export interface EmulatedSystem {
  readonly platform: string;
  /** A program of Debian's package qemu-user-static, and its options besides `root`. */
  readonly qemu: readonly string[];
  /** The folder of the system's libraries. */
  readonly root?: { readonly path: string | undefined; readonly madeBy: string };
}

/** An unpacked release that runs on an emulated processor. */
export interface EmulatedProgram {
  /** Starts its native front, which starts the program. */
  readonly front: string;
  /** Makes the front alone answer. */
  removeMainProgram(): void;
}

/**
 * Unpacks a tarball. The kernel can't start a program of another processor by itself, and registering qemu would change
 * the machine. So scripts start it.
 */
export function emulatedProgram(
  tarball: string,
  folder: string,
  { qemu, root }: EmulatedSystem,
): EmulatedProgram {
  mkdirSync(folder);
  const { status, stderr } = spawnSync("tar", ["-xJf", tarball, "-C", folder, "--strip-components=1"]);
  assert.equal(status, 0, String(stderr));
  const main = join(folder, "lib", name, name);
  const real = join(folder, "real/lib", name, name);
  mkdirSync(join(folder, "real/lib", name), { recursive: true });
  renameSync(main, real);
  const words = [...qemu, ...(root?.path === undefined ? [] : ["-L", root.path])].join(" ");
  const script = (program: string) => `#!/bin/sh\nexec ${words} ${program} "$@"\n`;
  writeFileSync(main, script(real), { mode: 0o755 });
  const front = join(folder, "front");
  writeFileSync(front, script(join(folder, "bin", name)), { mode: 0o755 });
  return { front, removeMainProgram: () => rmSync(main) };
}

/** What this machine lacks for a system; undefined: nothing. */
export function missingFor({ qemu: [program = ""], root }: EmulatedSystem): string | undefined {
  if (Bun.which(program) === null) return `${program} (Debian package qemu-user-static)`;
  return root && !existsSync(root.path ?? "") ? root.madeBy : undefined;
}
