import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { Failure } from "../../token/failure.ts";
import { type DockerFile, readDockerFile } from "./docker-file.ts";
import type { DoctorContext } from "./machine.ts";

type Place = Pick<DoctorContext, "env" | "dockerConfig">;

/**
 * Docker's config.json, if it is a regular file: reading a pipe would block every check that reads it.
 *
 * @throws Failure HOME_ABSENT, DOCKER_CONFIG_FOLDER, CLIENT_FILE, DOCKER_CONFIG_SYNTAX, NO_HOME
 */
export async function dockerFileOf(machine: Place): Promise<DockerFile> {
  const problem = await problemOf(machine);
  if (problem) throw problem;
  return readDockerFile(machine);
}

async function problemOf({ env, dockerConfig: path }: Place): Promise<Failure | undefined> {
  const { DOCKER_CONFIG, HOME } = env;
  if (DOCKER_CONFIG) {
    if ((await statOrUndefined(DOCKER_CONFIG))?.isFile()) return noFolder(DOCKER_CONFIG, path);
  } else if (HOME && !(HOME.startsWith("/") && (await statOrUndefined(HOME))?.isDirectory())) {
    const what = `HOME is ${HOME}, which is not a folder: Docker finds no config.json`;
    return new Failure("HOME_ABSENT", what, "set HOME to the home folder of this user, or set DOCKER_CONFIG");
  }
  const stats = path === undefined ? undefined : await statOrUndefined(path);
  if (!stats || stats.isFile()) return undefined;
  if (!stats.isDirectory()) {
    return new Failure("CLIENT_FILE", `${path} is not a regular file`, "rename or remove it");
  }
  // `docker run -v ~/.docker/config.json:…` creates a folder if there is no file.
  return new Failure(
    "CLIENT_FILE",
    `${path} is a folder, but Docker needs a file; 'docker run -v' creates such folders`,
    `rmdir ${path}`,
  );
}

function noFolder(given: string, path: string | undefined): Failure {
  const what = `DOCKER_CONFIG is ${given}, a file: Docker treats it as a folder and looks for ${path}`;
  const fix =
    basename(given) === "config.json"
      ? `export DOCKER_CONFIG=${dirname(given)}`
      : "set it to the folder of config.json";
  return new Failure("DOCKER_CONFIG_FOLDER", what, fix);
}

const statOrUndefined = (path: string): Promise<Stats | undefined> => stat(path).catch(() => undefined);
