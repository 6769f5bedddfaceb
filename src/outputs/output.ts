import { isEmptyObject, withAuths } from "../clients/docker/auths.ts";
import { emptyConfig } from "../clients/docker/edit-config.ts";
import { editOutput } from "../clients/files/output-file.ts";
import type { FastFiles } from "../store/files/fast-files.ts";
import { awaitLock } from "../store/files/lock.ts";
import {
  lockOutput,
  type OutputRecord,
  readOutputRecord,
  removeOutputRecord,
  writeOutputRecord,
} from "../store/state/output-records.ts";
import { fingerprint } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import type { OutputTokens } from "./tokens.ts";

/** Milliseconds to wait for another process of this user that edits the same file. */
const lockTimeout = 5_000;

const noLogins: OutputTokens["logins"] = new Map();

/**
 * Writes the tokens into one file.
 *
 * @param tokens read under the file's lock, so that no older token replaces a newer one
 * @throws Failure OUTPUT_TAKEN if the file has another program's login for a registry; the other tokens are written
 * @throws Failure OUTPUT_BUSY, and what `editOutput`, `withAuths` and the writers of the state folder throw
 */
export async function updateOutput(
  path: string,
  tokens: () => Promise<OutputTokens>,
  state: string,
  { stamp }: Pick<FastFiles, "stamp">,
): Promise<void> {
  await withOutputLock(state, path, async () => {
    const record = await readOutputRecord(state, path);
    const { logins, revision } = await tokens();
    const settled = () => fingerprint([stamp(path), revision]);
    if (record.settled === settled()) return;
    const { after, taken } = await editFile(record, logins, state);
    if (taken.length === 0) await storeRecord(state, { ...after, settled: settled() });
    else {
      await storeRecord(state, after);
      throw takenFailure(path, taken);
    }
  });
}

/** Removes this program's tokens from a file, and the keys that it created for them. @throws Failure as `updateOutput` */
export async function removeFromOutput(path: string, state: string): Promise<void> {
  await withOutputLock(state, path, async () => {
    const record = await readOutputRecord(state, path);
    if (record.hosts.length > 0) await editFile(record, noLogins, state).catch(unlessGone);
    await removeOutputRecord(state, path);
  });
}

async function editFile(
  record: OutputRecord,
  logins: OutputTokens["logins"],
  state: string,
): Promise<{ after: OutputRecord; taken: readonly string[] }> {
  const { path, hosts, madeAuths, madeFile } = record;
  let result: { after: OutputRecord; taken: readonly string[] } = { after: record, taken: [] };
  const edit = async (before: string | undefined) => {
    const { text, ours, taken } = withAuths(before ?? emptyConfig, path, logins, { hosts, auths: madeAuths });
    const isMade = before === undefined ? ours.hosts.length > 0 : madeFile;
    const after = { format: 1, path, hosts: ours.hosts, madeAuths: ours.auths, madeFile: isMade } as const;
    result = { after, taken };
    if (before === undefined && !isMade) return undefined;
    // The record comes first: if it were lost after the edit, no process would know which entries are this program's.
    const all = [...new Set([...hosts, ...ours.hosts])];
    if (all.length > hosts.length) await writeOutputRecord(state, { ...after, hosts: all });
    return madeFile && ours.hosts.length === 0 && isEmptyObject(text) ? undefined : text;
  };
  await editOutput(path, edit);
  return result;
}

/** An output whose outdated hosts can't be recorded has not failed. */
async function storeRecord(state: string, record: OutputRecord): Promise<void> {
  await writeOutputRecord(state, record).catch(() => undefined);
}

async function withOutputLock(state: string, path: string, work: () => Promise<void>): Promise<void> {
  const release = await awaitLock(() => lockOutput(state, path), lockTimeout);
  if (!release) {
    const what = `another process of this user is writing output ${path}`;
    throw new Failure("OUTPUT_BUSY", what, "wait: the daemon tries again within a minute");
  }
  try {
    await work();
  } finally {
    release();
  }
}

/** If its folder is gone, its tokens are gone too. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Failure) || error.code !== "OUTPUT_FOLDER") throw error;
}

export function takenFailure(path: string, hosts: readonly string[]): Failure {
  const what = `output ${path} has a login for ${hosts.join(", ")} that this program did not write, and it was not replaced`;
  return new Failure("OUTPUT_TAKEN", what, "remove it from auths if the token is to replace it");
}
