import { spawnSync } from "node:child_process";

/** A command that runs what follows it with mounts of its own; undefined where this system lets nobody have them. */
export function ownMounts(): readonly string[] | undefined {
  const command = process.geteuid?.() === 0 ? ["unshare", "-m"] : ["unshare", "-rm"];
  const [program = "", ...args] = [...command, "sh", "-c", "mount -t tmpfs none /mnt"];
  return spawnSync(program, args).status === 0 ? command : undefined;
}

/** A shell's script in which "$@" is the program and its arguments. */
export const shell = (script: string): readonly string[] => ["sh", "-c", script, "sh"];
