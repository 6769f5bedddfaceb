import { link, rename } from "node:fs/promises";
import { basename } from "node:path";
import { withoutChecksum } from "../../token/checksum.ts";
import { ensureOwnFolder } from "./folder.ts";
import { inspectFile } from "./inspect.ts";
import { removeState } from "./write.ts";

/**
 * Removes a file whose checksum is wrong, so that it is reported once. A file that another process has written to its
 * place meanwhile stays. Never fails: then the next process tries.
 */
export async function removeDamaged(state: string, path: string): Promise<void> {
  const folder = `${state}/tmp`;
  const aside = `${folder}/${basename(path)}.${crypto.randomUUID()}`;
  try {
    await ensureOwnFolder(folder);
    await rename(path, aside);
    const moved = await inspectFile(aside);
    const isDamaged = moved.kind === "text" && withoutChecksum(moved.text) === undefined;
    if (!isDamaged) await putBack(aside, path);
    await removeState(aside);
  } catch {
    // What is left in `tmp` is removed with what killed writers leave.
  }
}

/** Not over a file that is newer still. */
async function putBack(aside: string, path: string): Promise<void> {
  await link(aside, path).catch(async (error: { code?: string }) => {
    if (error.code !== "EEXIST") await rename(aside, path);
  });
}
