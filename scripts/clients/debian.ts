import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { clientFolder, installInto, isInstalled, run } from "./cache.ts";

/** The name of the root folder. */
export const debianRoot = "debian-sid";

const listPath = fileURLToPath(new URL("../../test/support/clients/debian-sid.txt", import.meta.url));

/** Creates a root with Debian's newest clients, which run in it. The versions are those of the day of its creation. */
export function installDebianClients(): void {
  const wanted = readFileSync(listPath, "utf8");
  if (isInstalled(debianRoot, wanted)) return;
  installInto(debianRoot, wanted, (root) => {
    run(["debootstrap", "--variant=minbase", "--include=ca-certificates", "sid", root]);
    // Installed services must not start.
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
