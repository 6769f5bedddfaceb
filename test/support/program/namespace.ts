import { spawnSync } from "node:child_process";

/** A command prefix for a separate mount namespace; undefined if this system does not allow one. */
export function ownMounts(): readonly string[] | undefined {
  const command = process.geteuid?.() === 0 ? ["unshare", "-m"] : ["unshare", "-rm"];
  const [program = "", ...args] = [...command, "sh", "-c", "mount -t tmpfs none /mnt"];
  return spawnSync(program, args).status === 0 ? command : undefined;
}

/** A shell script in which "$@" is the program and its arguments. */
export const shell = (script: string): readonly string[] => ["sh", "-c", script, "sh"];
