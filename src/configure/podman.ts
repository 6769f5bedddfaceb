import { readdir } from "node:fs/promises";
import { openClientFile, readClientFile, replaceClientFile } from "../clients/files/client-file.ts";
import { containersFiles, dropInText, namesHelpers } from "../clients/podman/config.ts";
import { requireHome } from "../config/folders.ts";
import { undoRecordPath } from "../store/files/paths.ts";
import { writeDurable } from "../store/files/write.ts";
import type { Environment } from "../token/dependencies.ts";
import { fingerprint } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { changedLines } from "./diff.ts";

/** The drop-in that makes podman use this helper for every registry, and its undo record. */
export function podmanDropIn(env: Environment, home: string | undefined, state: string) {
  const { dropIn, registries } = containersFiles(env, requireHome(home), 0, process.platform);
  return { path: dropIn, record: undoRecordPath(state, dropIn), registries };
}

/**
 * Makes podman, skopeo and buildah use this helper for every registry that their auth files don't contain: they don't
 * support `credsStore`. It writes a drop-in, since a registries.conf in HOME would hide the system's.
 *
 * @returns a message about the change, or with `dryRun` the changed lines
 * @throws Failure PODMAN_TAKEN if a registries.conf names helpers already, CLIENT_FILE, STATE_…
 */
export async function configurePodmanForAll(
  env: Environment,
  home: string | undefined,
  state: string,
  { dryRun, replace }: { readonly dryRun: boolean; readonly replace: boolean },
): Promise<{ readonly message: string } | { readonly diff: string }> {
  const { path, record, registries } = podmanDropIn(env, home, state);
  const file = await openClientFile(path);
  const before = file.text;
  if (before === dropInText) return { message: `${path}: nothing to change` };
  const taken = replace ? undefined : await firstFileWithHelpers(registries, path);
  if (taken !== undefined) {
    const what = `${taken} already sets credential-helpers, which the file of this program would override`;
    throw new Failure("PODMAN_TAKEN", what, 'add "ecr" to its list by hand, or use --replace');
  }
  if (dryRun) return { diff: changedLines(path, before ?? "", dropInText) };
  const folders = file.found.missing.toReversed();
  const made = fingerprint(dropInText);
  await writeDurable(state, record, { path, kind: "own", was: before ?? null, made, folders, replaced: {} });
  await replaceClientFile(file, dropInText);
  const message = `${path}: podman, skopeo and buildah now use this helper for all registries that no auth.json contains. 'podman --remote' sends only logins whose token is stored: for others name the registry (configure-docker --podman HOST), or run the daemon`;
  return { message };
}

async function firstFileWithHelpers(places: readonly string[], own: string): Promise<string | undefined> {
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
