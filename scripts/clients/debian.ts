import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { clientFolder, installInto, isInstalled, run } from "./cache.ts";

/** The name of the folder that holds the root. */
export const debianRoot = "debian-sid";

const listPath = fileURLToPath(new URL("../../test/support/clients/debian-sid.txt", import.meta.url));

/** A root of Debian's newest clients: their programs run in it. Its versions are those of the day on which it was made. */
export function installDebianClients(): void {
  const wanted = readFileSync(listPath, "utf8");
  if (isInstalled(debianRoot, wanted)) return;
  installInto(debianRoot, wanted, (root) => {
    run(["debootstrap", "--variant=minbase", "--include=ca-certificates", "sid", root]);
    // Nothing that is installed there may start.
    writeFileSync(`${root}/usr/sbin/policy-rc.d`, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    copyFileSync("/etc/resolv.conf", `${root}/etc/resolv.conf`);
    const packages = wanted.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    run(["chroot", root, "apt-get", "install", "--yes", "--no-install-recommends", ...packages], { env });
    run(["chroot", root, "apt-get", "clean"]);
  });
}

export function debianRootPath(): string {
  return clientFolder(debianRoot);
}
