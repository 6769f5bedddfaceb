import { resolve } from "node:path";
import { dockerConfigPath } from "../clients/docker/location.ts";
import { containersFiles } from "../clients/podman/config.ts";
import { foldersOf, requireHome } from "../config/folders.ts";
import { reopenFolders } from "../store/files/folder.ts";
import { openFastFiles } from "../store/files/open-fast-files.ts";
import { undoRecordPath } from "../store/files/paths.ts";
import type { Environment } from "../token/dependencies.ts";

/** A config that names helpers, and the record of its changes. */
export interface ConfigureTarget {
  readonly program: "Docker" | "podman";
  /** Absolute, since the name of the record depends on it. */
  readonly path: string;
  readonly record: string;
  /** For messages. */
  readonly name: string;
  /** This program's state folder. */
  readonly state: string;
}

/** @throws Failure NO_HOME */
export async function configureTarget(
  env: Environment,
  home: string | undefined,
  podman: boolean,
): Promise<ConfigureTarget> {
  const { state } = foldersOf(env, home, await openFastFiles());
  // A record that looks absent would be replaced.
  await reopenFolders(state);
  const path = podman
    ? resolve(containersFiles(env, requireHome(home), process.getuid?.() ?? 0, process.platform).auth)
    : (dockerConfigPath(env, home) ?? requireHome(home));
  const program = podman ? "podman" : "Docker";
  return {
    program,
    path,
    record: undoRecordPath(state, path),
    name: `${podman ? "podman's auth.json" : "Docker's config.json"} (${path})`,
    state,
  };
}
