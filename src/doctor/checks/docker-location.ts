import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { Failure } from "../../token/failure.ts";
import { type DockerFile, readDockerFile } from "./docker-file.ts";
import type { Machine } from "./machine.ts";

type Place = Pick<Machine, "env" | "dockerConfig">;

/**
 * Docker's config.json, where it is one: a pipe in its place would make every diagnostic that reads it wait.
 *
 * @throws Failure HOME_ABSENT, DOCKER_CONFIG_FOLDER, CLIENT_FILE, DOCKER_CONFIG_SYNTAX, NO_HOME
 */
export async function dockerFileOf(machine: Place): Promise<DockerFile> {
  const trouble = await troubleOf(machine);
  if (trouble) throw trouble;
  return readDockerFile(machine);
}

async function troubleOf({ env, dockerConfig: path }: Place): Promise<Failure | undefined> {
  const { DOCKER_CONFIG, HOME } = env;
  if (DOCKER_CONFIG) {
    if ((await found(DOCKER_CONFIG))?.isFile()) return noFolder(DOCKER_CONFIG, path);
  } else if (HOME && !(HOME.startsWith("/") && (await found(HOME))?.isDirectory())) {
    const what = `HOME is ${HOME}, where there is no folder: Docker finds no config.json`;
    return new Failure("HOME_ABSENT", what, "set HOME to the home folder of this user, or set DOCKER_CONFIG");
  }
  const there = path === undefined ? undefined : await found(path);
  if (!there || there.isFile()) return undefined;
  if (!there.isDirectory()) {
    return new Failure("CLIENT_FILE", `${path} is no plain file`, "move it out of the way");
  }
  // `docker run -v ~/.docker/config.json:…` makes it so where there is no file yet.
  return new Failure(
    "CLIENT_FILE",
    `${path} is a folder, and Docker wants a file there; 'docker run -v' makes such folders`,
    `rmdir ${path}`,
  );
}

function noFolder(given: string, path: string | undefined): Failure {
  const what = `DOCKER_CONFIG is ${given}, a file: Docker takes it for a folder and looks for ${path}`;
  const fix =
    basename(given) === "config.json"
      ? `export DOCKER_CONFIG=${dirname(given)}`
      : "set it to the folder in which config.json lies";
  return new Failure("DOCKER_CONFIG_FOLDER", what, fix);
}

const found = (path: string): Promise<Stats | undefined> => stat(path).catch(() => undefined);
