import type { Config } from "../config/config.ts";
import type { Folders } from "../config/folders.ts";
import { type KnownRules, type Replica, replicasOf } from "../config/replication.ts";
import type { FastFiles } from "../store/files/fast-files.ts";
import { rulesPath } from "../store/files/paths.ts";
import { readRules } from "../store/state/replication.ts";
import type { FileDependency } from "../token/dependencies.ts";

/** The stored rules of followed registries, and the stamp of their file just before it was read. */
export interface StampedRules {
  readonly known: KnownRules;
  /** By host. */
  readonly replicas: ReadonlyMap<string, Replica>;
  readonly dependency: FileDependency;
}

/** Where the rules are stored, and the log for problems with them. */
interface RulesPlace {
  readonly files: FastFiles;
  readonly folders: Pick<Folders, "state">;
  log(line: string): void;
}

export async function readStampedRules(
  { files, folders, log }: RulesPlace,
  config: Config,
): Promise<StampedRules> {
  const path = rulesPath(folders.state);
  // The stamp is read first, so that a change in between is detected later.
  const dependency = { path, stamp: files.stamp(path) };
  const known = await readRules(folders.state, log);
  return { known, replicas: replicasOf(config, known), dependency };
}
