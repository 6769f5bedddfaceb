import { existsSync } from "node:fs";

const name = "docker-credential-ecr";
const behindFront = `/lib/${name}/${name}`;

/** This program's files: docs/native-front.md. */
export interface OwnProgram {
  /** What users and services start. */
  readonly path: string;
  /** Whether that is the native front, which starts the file that runs now. */
  readonly hasFront: boolean;
}

/** @param running the file that runs now */
export function ownProgram(running = process.execPath, isThere = existsSync): OwnProgram {
  if (running.endsWith(behindFront)) {
    const front = `${running.slice(0, -behindFront.length)}/bin/${name}`;
    if (isThere(front)) return { path: front, hasFront: true };
  }
  return { path: running, hasFront: false };
}
