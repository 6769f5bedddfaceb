import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { helperName as ours } from "../../clients/docker/edit-config.ts";
import type { Environment } from "../../token/dependencies.ts";
import type { MachineDiagnostic } from "./diagnostic.ts";
import { type DockerFile, readDockerFileAt } from "./docker-file.ts";
import { dockerFileOf } from "./docker-location.ts";
import { type Finding, failed, ok, skipped } from "./finding.ts";

/**
 * From 1.0.5 on, Packer's Docker plugin runs docker-push with a temporary config folder unless DOCKER_CONFIG is set, so
 * that no helper is used. The check also reports a build that runs with such a folder.
 */
export const packer: MachineDiagnostic = {
  name: "packer",
  scope: "machine",
  needs: ["docker-config"],
  look: async (machine) => {
    const file = await dockerFileOf(machine);
    const { ownHome } = machine;
    const usual = ownHome === undefined ? undefined : `${ownHome}/.docker/config.json`;
    return judgePacker({
      file,
      isSet: Boolean(machine.env.DOCKER_CONFIG),
      usual: usual && usual !== file.path ? await readDockerFileAt(usual).catch(() => undefined) : undefined,
      plugins: await dockerPlugins(machine.env, ownHome),
    });
  },
};

interface PackerSetup {
  readonly file: DockerFile;
  /** Whether DOCKER_CONFIG is set. */
  readonly isSet: boolean;
  /** The config.json of the home folder, if it is a different file and can be read. */
  readonly usual: DockerFile | undefined;
  /** The installed versions of Packer's Docker plugin, such as "1.0.10". */
  readonly plugins: readonly string[];
}

export function judgePacker({ file, isSet, usual, plugins }: PackerSetup): Finding {
  if (isSet && usual && usesHelper(usual) && !usesHelper(file)) {
    const folder = dirname(usual.path);
    return failed(
      "DOCKER_CONFIG_ELSEWHERE",
      `DOCKER_CONFIG selects ${file.path}, which does not name this helper, but ${usual.path} does`,
      `unset DOCKER_CONFIG, or set DOCKER_CONFIG=${folder}`,
    );
  }
  const newer = plugins.find(ignoresHelpers);
  if (newer !== undefined && !isSet) {
    return failed(
      "PACKER_DOCKER_CONFIG",
      `Packer's Docker plugin ${newer} runs docker-push without your config.json while DOCKER_CONFIG is unset`,
      `set DOCKER_CONFIG=${dirname(file.path)} where packer runs`,
    );
  }
  if (plugins.length === 0) return skipped("Packer's Docker plugin is not installed here");
  return ok(
    isSet ? "DOCKER_CONFIG is set, as its Docker plugin needs" : "its Docker plugin uses your config.json",
  );
}

function usesHelper({ credsStore, credHelpers }: DockerFile): boolean {
  return credsStore === ours || Object.values(credHelpers).includes(ours);
}

/** From 1.0.5 on. */
function ignoresHelpers(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  return major > 1 || (major === 1 && (minor > 0 || patch >= 5));
}

/** https://developer.hashicorp.com/packer/docs/configure: the folders of plugins, HOST/ORGANISATION/docker/packer-plugin-docker_v… */
async function dockerPlugins(env: Environment, home: string | undefined): Promise<readonly string[]> {
  const usual = home === undefined ? "" : `${env.XDG_CONFIG_HOME ?? `${home}/.config`}/packer`;
  const config = env.PACKER_CONFIG_DIR ?? usual;
  const roots = [
    ...(env.PACKER_PLUGIN_PATH ?? "").split(":"),
    config && `${config}/plugins`,
    ...(home === undefined ? [] : [`${home}/.packer.d/plugins`]),
  ].filter((root) => root.startsWith("/"));
  const names = await Promise.all(
    roots.map((root) => list(`${root}/github.com/hashicorp/docker`)).concat(roots.map((root) => list(root))),
  );
  return names.flat().flatMap((name) => /^packer-plugin-docker_v(\d+\.\d+\.\d+)_/.exec(name)?.[1] ?? []);
}

async function list(folder: string | undefined): Promise<readonly string[]> {
  return folder ? await readdir(folder).catch(() => []) : [];
}
