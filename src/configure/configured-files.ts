import { helperName } from "../clients/docker/edit-config.ts";
import { readDockerConfig } from "../clients/docker/read-config.ts";
import { readClientFile } from "../clients/files/client-file.ts";
import { parseHost } from "../registry/host.ts";
import { Failure } from "../token/failure.ts";
import { recordsIn, type StoredRecord } from "./undo-record.ts";

/** A file of Docker or podman that `configure-docker` has changed, and that still exists. */
export interface ConfiguredFile {
  readonly path: string;
  /** The servers whose logins --undo writes back to it. */
  readonly imported: ReadonlySet<string>;
  /** Whether it makes its program use this helper for a server. */
  uses(server: string): boolean;
  /** The same for any ECR registry of an account. */
  usesAccount(account: string): boolean;
}

/**
 * @param folder of the undo records
 * @returns undefined if not all records can be read
 */
export async function configuredFiles(
  folder: string,
  isIncluded: (each: { readonly path: string; readonly record: string }) => boolean,
): Promise<readonly ConfiguredFile[] | undefined> {
  try {
    const records = (await recordsIn(folder)).filter(isIncluded);
    const files = await Promise.all(records.map(fileOf));
    return files.filter((file) => file !== undefined);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return undefined;
  }
}

async function fileOf({ path, kind, imported = [] }: StoredRecord): Promise<ConfiguredFile | undefined> {
  if (kind === "config") return undefined;
  const file = { path, imported: new Set(imported.map(({ server }) => server)) };
  const forAll = { ...file, uses: () => true, usesAccount: () => true };
  try {
    const text = (await readClientFile(path))?.toString("utf8");
    if (text === undefined) return undefined;
    // podman's drop-in.
    if (kind === "own") return forAll;
    const { credsStore, credHelpers } = readDockerConfig(text, path);
    const isForOthers = credsStore === helperName;
    const hosts = Object.keys(credHelpers).filter((host) => credHelpers[host] === helperName);
    return {
      ...file,
      uses: (server) =>
        Object.hasOwn(credHelpers, server) ? credHelpers[server] === helperName : isForOthers,
      usesAccount: (account) => isForOthers || hosts.some((host) => accountOf(host) === account),
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return forAll;
  }
}

function accountOf(host: string): string | undefined {
  const registry = parseHost(host);
  return registry?.kind === "private" ? registry.account : undefined;
}
