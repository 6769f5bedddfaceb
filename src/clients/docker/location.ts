import { resolve } from "node:path";
import type { Environment } from "../../token/dependencies.ts";

/**
 * The absolute path of Docker's config.json: https://docs.docker.com/reference/cli/docker/#environment-variables
 *
 * @returns undefined for a user without a home folder, if DOCKER_CONFIG is not set
 */
export function dockerConfigPath(env: Environment, home: string | undefined): string | undefined {
  const folder = env.DOCKER_CONFIG || (home === undefined ? undefined : `${home}/.docker`);
  return folder === undefined ? undefined : resolve(folder, "config.json");
}
