import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";

/** A root folder that is a mount of its own: rpm demands one. */
const enter = `mount --bind "$0" "$0"
mount -t proc proc "$0/proc"
exec chroot "$0" /bin/sh -ec "$1"`;

/** A copy of a system's root, in which programs run with mounts and processes of their own. */
export class PackageSystem {
  constructor(
    root: string,
    private readonly folder: string,
  ) {
    mkdirSync(folder, { recursive: true });
    const { status, stderr } = spawnSync("cp", ["-a", "--reflink=auto", `${root}/.`, folder]);
    assert.equal(status, 0, String(stderr));
  }

  /** Copies a file of this machine to /packages. @returns its path in the system */
  add(file: string): string {
    mkdirSync(join(this.folder, "packages"), { recursive: true });
    const path = join("/packages", basename(file));
    copyFileSync(file, join(this.folder, path));
    return path;
  }

  /** Runs a shell script as root. @returns what it printed; fails if it ends with another code than 0 */
  run(script: string): string {
    const { status, output } = this.try(script);
    assert.equal(status, 0, `${script}\n${output}`);
    return output;
  }

  /** Runs a shell script as root. */
  try(script: string): { readonly status: number | null; readonly output: string } {
    const own = ["--mount", "--pid", "--net", "--fork", "--kill-child"];
    const command = [...own, "sh", "-ec", enter, this.folder, `exec 2>&1\n${script}`];
    const { status, stdout, stderr } = spawnSync("unshare", command, {
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" },
      encoding: "utf8",
    });
    return { status, output: stdout + stderr };
  }
}
