import { readdir } from "node:fs/promises";
import { openClientFile, readClientFile, replaceClientFile } from "../clients/files/client-file.ts";
import { containersFiles, dropInText, namesHelpers } from "../clients/podman/config.ts";
import { requireHome } from "../config/folders.ts";
import { undoRecordPath } from "../store/files/paths.ts";
import { writeLasting } from "../store/files/write.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { changedLines } from "./diff.ts";

/** The file by which podman asks this helper for every registry, and its undo record. */
export function podmanDropIn(env: Environment, home: string | undefined, state: string) {
  const { dropIn, registries } = containersFiles(env, requireHome(home), 0, process.platform);
  return { path: dropIn, record: undoRecordPath(state, dropIn), registries };
}

/**
 * Makes podman, skopeo and buildah ask this helper for every registry that no auth file of theirs names: `credsStore`
 * is unknown to them. A drop-in, since a registries.conf in HOME would hide the system's.
 *
 * @returns what was done, or the lines that would be
 * @throws Failure PODMAN_TAKEN where a registries.conf names helpers already, CLIENT_FILE, STATE_…
 */
export async function wirePodmanForAll(
  env: Environment,
  home: string | undefined,
  state: string,
  { dryRun, replace }: { readonly dryRun: boolean; readonly replace: boolean },
): Promise<{ readonly said: string } | { readonly shown: string }> {
  const { path, record, registries } = podmanDropIn(env, home, state);
  const file = await openClientFile(path);
  const before = file.text;
  if (before === dropInText) return { said: `${path}: nothing to change` };
  const taken = replace ? undefined : await firstThatNamesHelpers(registries, path);
  if (taken !== undefined) {
    const what = `${taken} names credential-helpers already, which a file of this program's would put out of use`;
    throw new Failure("PODMAN_TAKEN", what, 'add "ecr" to its list by hand, or give --replace');
  }
  if (dryRun) return { shown: changedLines(path, before ?? "", dropInText) };
  const folders = file.found.missing.toReversed();
  await writeLasting(state, record, { path, kind: "own", folders, replaced: {} });
  await replaceClientFile(file, dropInText);
  const said = `${path}: podman, skopeo and buildah now ask this helper for all registries that no auth.json names. 'podman --remote' sends only logins whose token is stored: for others name the registry (configure-docker --podman HOST), or run the daemon`;
  return { said };
}

async function firstThatNamesHelpers(places: readonly string[], own: string): Promise<string | undefined> {
  for (const place of places) {
    const names = await readdir(place).catch(() => undefined);
    const files = names
      ? names.filter((name) => name.endsWith(".conf")).map((name) => `${place}/${name}`)
      : [place];
    for (const file of files) {
      if (file !== own && namesHelpers((await readClientFile(file))?.toString("utf8") ?? "")) return file;
    }
  }
  return undefined;
}
