import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ownMounts, shell } from "./namespace.ts";
import { programPath } from "./program.ts";
import type { Standing } from "./standing.ts";

/** Another user than the one who runs the tests, with or without an entry in /etc/passwd. */
export interface Account {
  readonly uid: number;
  /** The home folder in the entry; undefined: there is no entry. */
  readonly home: string | undefined;
}

const mounts = process.geteuid?.() === 0 ? ownMounts() : undefined;

/** Only root can become another user; otherwise the test is skipped. */
export const itAsAccount = mounts ? it : it.skip;

/** User ids without an account on this machine. */
let nextUid = 400_000 + (process.pid % 1_000) * 1_000;
const used: number[] = [];

export function newUid(): number {
  used.push(++nextUid);
  return nextUid;
}

/** The folder in which a user without a home folder stores tokens. */
export const homelessState = (uid: number): string => `/tmp/docker-credential-ecr-${uid}`;

/** Removes the files of those users in /tmp. */
export function removeHomelessStates(): void {
  for (const uid of used.splice(0)) rmSync(homelessState(uid), { recursive: true, force: true });
}

/** Lets other users start the program and read the certificate of the stand-in AWS. */
export function openToOthers({ aws }: Standing): void {
  const bin = dirname(programPath());
  for (const folder of [dirname(bin), bin]) chmodSync(folder, 0o755);
  chmodSync(dirname(aws.caFile), 0o755);
  chmodSync(aws.caFile, 0o644);
}

/**
 * The command prefix that runs a command as an account, with its own /etc/passwd.
 *
 * @param folder the folder for the account's passwd file
 */
export function asAccount({ uid, home }: Account, folder: string): readonly string[] {
  const entry = home === undefined ? "" : `account:x:${uid}:${uid}::${home}:/bin/sh\n`;
  const file = join(folder, `passwd-${uid}`);
  writeFileSync(file, `root:x:0:0:root:/root:/bin/sh\n${entry}`);
  const become = `exec setpriv --reuid ${uid} --regid ${uid} --clear-groups -- "$@"`;
  return [...(mounts ?? []), ...shell(`mount --bind ${file} /etc/passwd; ${become}`)];
}
