import { appendFileSync, chownSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A user that exists only in the namespace. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
  /** Writes a file below the user's home, with the user as owner. @returns its path */
  write(path: string, text: string): string;
}

/** @param uid 0: root, with another home; otherwise an unused user id */
export function newAccount(name: string, uid: number): Account {
  const home = `/run/home-${name}`;
  mkdirSync(home, { mode: 0o700 });
  chownSync(home, uid, uid);
  if (uid !== 0) appendFileSync("/etc/passwd", `${name}:x:${uid}:${uid}::${home}:/bin/sh\n`);
  return {
    name,
    uid,
    home,
    write(below, text) {
      const file = join(home, below);
      let at = home;
      for (const part of below.split("/").slice(0, -1)) {
        at = join(at, part);
        if (!existsSync(at)) mkdirSync(at, { mode: 0o700 });
        chownSync(at, uid, uid);
      }
      writeFileSync(file, text, { mode: 0o600 });
      chownSync(file, uid, uid);
      return file;
    },
  };
}
