import {
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** A user of the system. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  /** In the system's own root. */
  readonly home: string;
}

/** Units that would change the machine's kernel, need devices that a container lacks, or take time. */
const masked = [
  "cryptsetup.target",
  "dev-hugepages.mount",
  "dev-mqueue.mount",
  "getty.target",
  "integritysetup.target",
  "kmod-static-nodes.service",
  "proc-sys-fs-binfmt_misc.automount",
  "sys-fs-fuse-connections.mount",
  "sys-kernel-config.mount",
  "sys-kernel-debug.mount",
  "sys-kernel-tracing.mount",
  "systemd-ask-password-console.path",
  "systemd-ask-password-wall.path",
  "systemd-binfmt.service",
  "systemd-firstboot.service",
  "systemd-initctl.socket",
  "systemd-journald-audit.socket",
  "systemd-machine-id-commit.service",
  "systemd-modules-load.service",
  "systemd-random-seed.service",
  "systemd-repart.service",
  "systemd-sysctl.service",
  "systemd-sysusers.service",
  "systemd-tmpfiles-clean.timer",
  "systemd-tmpfiles-setup-dev.service",
  "systemd-tmpfiles-setup.service",
  "systemd-udevd.service",
  "systemd-update-utmp-runlevel.service",
  "systemd-update-utmp.service",
  "veritysetup.target",
];

/** PAM accepts everything. */
const pam = `auth required pam_permit.so
account required pam_permit.so
session required pam_permit.so
`;

/**
 * Creates the root folder of a small Debian system, with the programs of this machine and none of its services.
 *
 * @param accounts the users of the system besides root
 */
export function createSystemRoot(root: string, accounts: readonly Account[]): void {
  const folders =
    "usr proc sys dev run tmp old root home var/log/journal var/lib/systemd/linger var/tmp etc/systemd/system etc/ssl/certs etc/pam.d";
  for (const each of folders.split(" ")) mkdirSync(join(root, each), { recursive: true });
  for (const each of readdirSync("/usr").filter((name) => /^(?:bin|sbin|lib.*)$/.test(name))) {
    if (each !== "libexec") symlinkSync(`usr/${each}`, join(root, each));
  }
  symlinkSync("/run", join(root, "var/run"));
  const users = accounts.map(({ name, uid, home }) => `${name}:x:${uid}:${uid}::${home}:/bin/bash\n`);
  const groups = accounts.map(({ name, uid }) => `${name}:x:${uid}:\n`);
  const files = {
    "etc/passwd": `root:x:0:0::/root:/bin/bash
messagebus:x:100:100::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin
${users.join("")}`,
    "etc/group": `root:x:0:\nmessagebus:x:100:\nsystemd-journal:x:101:\nnogroup:x:65534:\n${groups.join("")}`,
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "etc/machine-id": `${"0123456789abcdef".repeat(2)}\n`,
    "etc/hostname": "tests\n",
    "etc/fstab": "",
    // The kernel's messages and its audit are the machine's.
    "etc/systemd/journald.conf": "[Journal]\nStorage=persistent\nReadKMsg=no\nAudit=no\n",
    "etc/pam.d/systemd-user": `${pam}session required pam_systemd.so\n`,
    "etc/pam.d/other": pam,
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
  for (const path of ["etc/hosts", "etc/ssl/certs/ca-certificates.crt", "etc/ld.so.cache"]) {
    if (existsSync(join("/", path))) copyFileSync(join("/", path), join(root, path));
  }
  // Some programs are links to these, awk for instance.
  cpSync("/etc/alternatives", join(root, "etc/alternatives"), { recursive: true, verbatimSymlinks: true });
  const units = join(root, "etc/systemd/system");
  for (const each of masked) symlinkSync("/dev/null", join(units, each));
  symlinkSync("/usr/lib/systemd/system/multi-user.target", join(units, "default.target"));
  for (const { home, uid } of accounts) {
    const path = join(root, home);
    mkdirSync(dirname(path), { recursive: true });
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, uid, uid);
  }
}
