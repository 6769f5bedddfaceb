import { spawnSync } from "node:child_process";

/** A mount namespace of its own, so that the disk goes with the process; not every machine lets us have one. */
export const unshare = [
  ["unshare", "-m"],
  ["unshare", "-r", "-m"],
].find(
  ([program = "", ...args]) =>
    spawnSync(program, [...args, "mount", "-t", "tmpfs", "none", "/mnt"], { stdio: "ignore" }).status === 0,
);
