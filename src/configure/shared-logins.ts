import { dirname } from "node:path";
import { Failure } from "../token/failure.ts";
import { configuredFiles } from "./configured-files.ts";
import { recordsIn } from "./undo-record.ts";

/** All configured files have one store: a login that was moved from one may be the login of another too. */

/**
 * The servers whose stored logins came from configured files, not from `docker login`. If a record can't be read: none.
 *
 * @param folder of the undo records
 */
export async function importedServers(folder: string): Promise<ReadonlySet<string>> {
  try {
    const imported = (await recordsIn(folder)).flatMap((each) => each.imported ?? []);
    return new Set(imported.filter(({ wasKept }) => !wasKept).map(({ server }) => server));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return new Set();
  }
}

/**
 * The other configured file for which the stored login to a server must stay, because it is to be written back there.
 *
 * @param record the record of the file that is undone
 * @param orUsed also if Docker or podman only use it with that file
 */
export async function neededElsewhere(
  record: string,
  orUsed: boolean,
): Promise<(server: string) => string | undefined> {
  const files = await configuredFiles(dirname(record), (each) => each.record !== record);
  if (!files) return () => "another file";
  return (server) => files.find((each) => each.imported.has(server) || (orUsed && each.uses(server)))?.path;
}
