import { randomUUID } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { succeeded } from "./command.ts";
import { machine } from "./hooks.ts";
import { newTester } from "./user.ts";

/**
 * Creates an image in the engine: busybox and a layer with unique content, so that a pull really downloads it.
 */
export async function makeImage(...names: readonly string[]): Promise<void> {
  await importImage(await newRoot(), names);
}

/** The same, with the libraries and the loader that the program at this path requires. */
export async function makeImageFor(program: string, name: string): Promise<void> {
  const root = await newRoot();
  const { stdout } = succeeded(await newTester().run(["ldd", program]));
  // "libc.so.6 => /lib/…/libc.so.6 (0x…)", and the loader as only a path.
  for (const [, path = ""] of stdout.matchAll(/(\/\S+) \(0x/g)) {
    const loader = path.startsWith("/lib64/");
    const folder = join(root, loader ? dirname(path) : "/usr/lib");
    mkdirSync(folder, { recursive: true });
    copyFileSync(path, join(folder, basename(path)));
  }
  await importImage(root, [name]);
}

async function newRoot(): Promise<string> {
  const root = mkdtempSync(join(machine().folder, "image-"));
  chmodSync(root, 0o755);
  // Packer requires /tmp and a root user.
  for (const folder of ["bin", "etc", "root", "tmp", "usr/local/bin"])
    mkdirSync(join(root, folder), { recursive: true });
  copyFileSync("/bin/busybox", join(root, "bin", "busybox"));
  for (const applet of applets) symlinkSync("busybox", join(root, "bin", applet));
  writeFileSync(join(root, "etc", "passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  writeFileSync(join(root, "etc", "group"), "root:x:0:\n");
  writeFileSync(join(root, "etc", "unique"), randomUUID());
  return root;
}

const applets = "cat chmod chown cp env find id ls mkdir mktemp mv rm sh su touch".split(" ");

async function importImage(root: string, names: readonly string[]): Promise<void> {
  const [first = "", ...others] = names;
  const nobody = newTester();
  const archive = `${root}.tar`;
  succeeded(await nobody.run(["tar", "--create", "--file", archive, "--directory", root, "."]));
  succeeded(await nobody.docker("import", archive, first));
  for (const other of others) succeeded(await nobody.docker("tag", first, other));
}

/** Pushes a new image without credentials to the upstream registry of ECR. */
export async function seed(name: string): Promise<void> {
  const nobody = newTester();
  await makeImage(name);
  succeeded(await nobody.docker("push", name));
  await removeImage(name);
}

export async function removeImage(...names: readonly string[]): Promise<void> {
  succeeded(await newTester().docker("image", "rm", "--force", ...names));
}
