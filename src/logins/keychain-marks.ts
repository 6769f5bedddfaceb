import { dirname } from "node:path";
import { inspectFile } from "../store/files/inspect.ts";
import { keychainMarkPath } from "../store/files/paths.ts";
import { removeState, writeDurable } from "../store/files/write.ts";
import { Failure } from "../token/failure.ts";
import { storedNames } from "./stored-names.ts";

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

/** The servers with a mark, sorted, and why other marks can't be read. */
interface Marks {
  readonly servers: readonly string[];
  readonly failures: readonly Failure[];
}

/** Never throws. */
export async function readMarks(state: string): Promise<Marks> {
  const folder = dirname(keychainMarkPath(state, ""));
  try {
    const names = await storedNames(folder);
    const marks = await Promise.all(names.map((name) => serverIn(`${folder}/${name}.json`)));
    return {
      servers: marks.filter((mark) => typeof mark === "string").sort(),
      failures: marks.filter((mark) => typeof mark === "object"),
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { servers: [], failures: [error] };
  }
}

/** The servers with a mark, sorted. @throws Failure LOGIN_UNREADABLE if one of the marks can't be read */
export async function markedServers(state: string): Promise<readonly string[]> {
  const { servers, failures } = await readMarks(state);
  if (failures[0]) throw failures[0];
  return servers;
}

async function serverIn(path: string): Promise<string | Failure> {
  const file = await inspectFile(path);
  if (file.kind === "refused")
    return unreadable(path, file.why, "make it a plain file of this user with mode 0600");
  if (file.kind === "absent") return unreadable(path, "it disappeared", "run the command again");
  try {
    const { format, server } = JSON.parse(file.text);
    if (format === 1 && typeof server === "string") return server;
  } catch {
    // As any other text that is not a mark.
  }
  return unreadable(
    path,
    "it is damaged, or another version wrote it",
    "restore it, or log in to that registry again",
  );
}

function unreadable(path: string, why: string, fix: string): Failure {
  const what = `${path}, which names a server whose login is in the keychain, can't be read: ${why}`;
  return new Failure(
    "LOGIN_UNREADABLE",
    what,
    `${fix}; if that login may stay in the keychain, remove the file`,
  );
}
