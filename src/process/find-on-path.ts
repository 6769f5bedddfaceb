import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import type { Environment } from "../token/dependencies.ts";
import { absoluteFolders } from "./path-folders.ts";
import { programsOf } from "./run-program.ts";

/** A file of the wanted name in a folder of the PATH. */
export interface ProgramFile {
  readonly path: string;
  readonly isExecutable: boolean;
}

/**
 * The files of that name in the folders of the PATH, in order. Relative folders are skipped: programs written in Go,
 * such as Docker, start nothing from them (https://pkg.go.dev/os/exec#hdr-Executables_in_the_current_directory).
 */
export async function findOnPath(name: string, { PATH }: Environment): Promise<readonly ProgramFile[]> {
  const files: ProgramFile[] = [];
  for (const folder of absoluteFolders(PATH)) {
    const path = `${folder.replace(/\/+$/, "")}/${name}`;
    if (!(await isFile(path))) continue;
    const isExecutable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    files.push({ path, isExecutable });
  }
  return files;
}

/** The time limit for a helper to print its version, in milliseconds. */
const versionLimit = 3_000;

/** What a credential helper prints for `version`; undefined if it fails or exceeds the time limit. */
export async function askVersion(path: string, env: Environment): Promise<string | undefined> {
  const { exitCode, stdout } = await programsOf(env)(path, ["version"], versionLimit);
  return exitCode === 0 ? stdout : undefined;
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}
