import { spawnSync } from "node:child_process";

/** The command for a separate mount namespace, so that the disk disappears with the process; not all machines allow it. */
export const unshare = [
  ["unshare", "-m"],
  ["unshare", "-r", "-m"],
].find(
  ([program = "", ...args]) =>
    spawnSync(program, [...args, "mount", "-t", "tmpfs", "none", "/mnt"], { stdio: "ignore" }).status === 0,
);
