import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ownMounts, shell } from "./namespace.ts";
import { programPath } from "./program.ts";
import type { Standing } from "./standing.ts";

/** A user that is not the tester, with or without an entry in /etc/passwd. */
export interface Account {
  readonly uid: number;
  /** The home folder that the entry names; undefined: there is no entry. */
  readonly home: string | undefined;
}

const mounts = process.geteuid?.() === 0 ? ownMounts() : undefined;

/** Only root can become another user; where this can't be done such a test shows up as skipped, by name. */
export const itAsAccount = mounts ? it : it.skip;

/** Uids that no account of this machine has. */
let nextUid = 400_000 + (process.pid % 1_000) * 1_000;
const used: number[] = [];

export function newUid(): number {
  used.push(++nextUid);
  return nextUid;
}

/** Where a user without a home folder stores tokens. */
export const homelessState = (uid: number): string => `/tmp/docker-credential-ecr-${uid}`;

/** Removes what those users left in /tmp. */
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
 * The words before a command that start it as an account, whose /etc/passwd is its own.
 *
 * @param folder in which the account's passwd file is written
 */
export function asAccount({ uid, home }: Account, folder: string): readonly string[] {
  const entry = home === undefined ? "" : `account:x:${uid}:${uid}::${home}:/bin/sh\n`;
  const file = join(folder, `passwd-${uid}`);
  writeFileSync(file, `root:x:0:0:root:/root:/bin/sh\n${entry}`);
  const become = `exec setpriv --reuid ${uid} --regid ${uid} --clear-groups -- "$@"`;
  return [...(mounts ?? []), ...shell(`mount --bind ${file} /etc/passwd; ${become}`)];
}
