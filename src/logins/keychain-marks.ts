import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { inspectFile } from "../store/files/inspect.ts";
import { keychainMarkPath } from "../store/files/paths.ts";
import { removeState, writeDurable } from "../store/files/write.ts";

/**
 * Whether the keychain may have a login to a server. Each server has its own file, so that two processes never write
 * the same one. It contains the server URL, and neither username nor secret.
 */
export async function hasMark(state: string, server: string): Promise<boolean> {
  return (await inspectFile(keychainMarkPath(state, server))).kind !== "absent";
}

/** @throws Failure STATE_FOLDER, STATE_WRITE, like all functions that write or remove here */
export function writeMark(state: string, server: string): Promise<void> {
  return writeDurable(state, keychainMarkPath(state, server), { format: 1, server });
}

export async function removeMark(state: string, server: string): Promise<void> {
  await removeState(keychainMarkPath(state, server));
}

/** The servers with a mark, sorted; other files are skipped. */
export async function markedServers(state: string): Promise<readonly string[]> {
  const folder = dirname(keychainMarkPath(state, ""));
  const names = await readdir(folder).catch(() => []);
  const servers = await Promise.all(names.map((name) => serverIn(`${folder}/${name}`)));
  return servers.filter((server) => server !== undefined).sort();
}

async function serverIn(path: string): Promise<string | undefined> {
  const file = await inspectFile(path);
  if (file.kind !== "text") return undefined;
  try {
    const { format, server } = JSON.parse(file.text);
    return format === 1 && typeof server === "string" ? server : undefined;
  } catch {
    return undefined;
  }
}
