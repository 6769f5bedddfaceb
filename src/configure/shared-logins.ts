import { dirname } from "node:path";
import { helperName } from "../clients/docker/edit-config.ts";
import { readDockerConfig } from "../clients/docker/read-config.ts";
import { readClientFile } from "../clients/files/client-file.ts";
import { Failure } from "../token/failure.ts";
import { readRecord, recordsIn, type UndoRecord } from "./undo-record.ts";

/** All configured files have one store: a login that was moved from one may be the login of another too. */

/** The servers whose stored logins came from configured files, not from `docker login`. Without readable records, none. */
export async function importedServers(record: string): Promise<ReadonlySet<string>> {
  const records = (await otherRecords(record)) ?? [];
  const imported = records.flatMap((each) => each.imported ?? []);
  return new Set(imported.filter(({ wasKept }) => !wasKept).map(({ server }) => server));
}

/**
 * Whether the stored login to a server must stay for another configured file that still exists, because it is to be
 * written back there.
 *
 * @param record the record of the file that is undone
 * @param orUsed also if Docker or podman only use it with that file
 */
export async function neededElsewhere(record: string, orUsed: boolean): Promise<(server: string) => boolean> {
  const records = await otherRecords(record);
  if (!records) return () => true;
  const checks = await Promise.all(records.map((each) => needsOf(each, orUsed)));
  return (server) => checks.some((needs) => needs(server));
}

async function needsOf(known: UndoRecord, orUsed: boolean): Promise<(server: string) => boolean> {
  const { path = "", kind, imported = [] } = known;
  const servers = new Set(imported.map(({ server }) => server));
  try {
    const text = (await readClientFile(path))?.toString("utf8");
    if (text === undefined) return () => false;
    if (!orUsed) return (server) => servers.has(server);
    if (kind === "own") return () => true;
    const { credsStore, credHelpers } = readDockerConfig(text, path);
    const helperOf = (server: string) =>
      Object.hasOwn(credHelpers, server) ? credHelpers[server] : credsStore;
    return (server) => servers.has(server) || helperOf(server) === helperName;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return orUsed ? () => true : (server) => servers.has(server);
  }
}

/** @returns undefined if one of them can't be read */
async function otherRecords(record: string): Promise<readonly UndoRecord[] | undefined> {
  try {
    const all = await recordsIn(dirname(record));
    const records = await Promise.all(all.map((each) => readRecord(each.record)));
    return records.filter(({ kind }, at) => kind !== "config" && all[at]?.record !== record);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return undefined;
  }
}
