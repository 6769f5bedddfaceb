import { existsSync } from "node:fs";

const name = "docker-credential-ecr";
const behindFront = `/lib/${name}/${name}`;

/** The files of this program: docs/native-front.md. */
export interface OwnProgram {
  /** The program that users and services start. */
  readonly path: string;
  /** Whether `path` is the native front, which starts the running file. */
  readonly hasFront: boolean;
}

/** @param running the path of the running file */
export function ownProgram(running = process.execPath, isThere = existsSync): OwnProgram {
  if (running.endsWith(behindFront)) {
    const front = `${running.slice(0, -behindFront.length)}/bin/${name}`;
    if (isThere(front)) return { path: front, hasFront: true };
  }
  return { path: running, hasFront: false };
}
