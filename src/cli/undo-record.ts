import { readdir } from "node:fs/promises";
import type { Replaced } from "../clients/docker-config.ts";
import { inspectFile } from "../store/inspect.ts";
import { Failure } from "../token/failure.ts";

/** What `configure-docker` has done to a config.json, so that it can be undone. */
export interface UndoRecord {
  /** The config.json that it is about. */
  readonly path?: string;
  /** The whole file before, where it held nothing: its white space; null: there was none. */
  readonly was?: string | null;
  /** Made for it, innermost first. */
  readonly folders?: readonly string[];
  readonly replaced: Replaced;
}

export async function readRecord(path: string): Promise<UndoRecord> {
  const found = await inspectFile(path);
  if (found.kind !== "text") return { replaced: {} };
  try {
    const record = JSON.parse(found.text) as UndoRecord;
    return { ...record, replaced: record.replaced ?? {} };
  } catch {
    return { replaced: {} };
  }
}

/** What can be undone, wherever it was done. @throws Failure CLIENT_FILE where that can't be told */
export async function recordsIn(folder: string): Promise<readonly { path: string; record: string }[]> {
  const names = await readdir(folder).catch((error: { code?: string }) => {
    if (error.code === "ENOENT") return [];
    throw unreadable(folder, error.code ?? "unknown error");
  });
  const found: { path: string; record: string }[] = [];
  for (const name of names.filter((each) => each.endsWith(".json")).sort()) {
    const record = `${folder}/${name}`;
    const { path } = await readRecord(record);
    // Passed over, it would be lost with the state folder, and Docker would go on asking a helper that is gone.
    if (path === undefined) throw unreadable(record, "no record of this program's");
    found.push({ path, record });
  }
  return found;
}

function unreadable(path: string, why: string): Failure {
  return new Failure(
    "CLIENT_FILE",
    `${path} can't be read (${why})`,
    "remove it once no config.json of Docker's names this helper any more",
  );
}
