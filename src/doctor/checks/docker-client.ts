import { realpath } from "node:fs/promises";
import { basename } from "node:path";
import { findOnPath } from "../../process/find-on-path.ts";
import type { MachineDiagnostic } from "./diagnostic.ts";
import { type Finding, failed, ok, skipped } from "./finding.ts";

/** Whether the first docker on the PATH can run helpers of this machine. */
export const dockerClient: MachineDiagnostic = {
  name: "docker-client",
  scope: "machine",
  look: async ({ env, ownHome = "~" }) => {
    const first = (await findOnPath("docker", env)).find(({ isExecutable }) => isExecutable);
    if (!first) return skipped("no docker is on the PATH");
    return judgeClient(first.path, await realpath(first.path).catch(() => first.path), ownHome);
  },
};

/** @param target the target of the path's symlinks: the commands of all snaps are links to one program, snap */
function judgeClient(path: string, target: string, home: string): Finding {
  if (basename(target) !== "snap") return ok(path);
  return failed(
    "DOCKER_SNAP",
    `${path} is a snap: it reads ~/snap/docker/current/.docker/config.json and can't start helpers outside the snap`,
    `install Docker from a package, or have the daemon write its logins: 'outputs: [{ dockerConfig: ${home}/snap/docker/current/.docker/config.json }]' in config.yaml`,
  );
}
