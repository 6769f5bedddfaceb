import { link, rename } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { withoutChecksum } from "../../token/checksum.ts";
import { ensureOwnFolder } from "./folder.ts";
import { inspectFile } from "./inspect.ts";
import { removeState } from "./write.ts";

/**
 * Removes a file whose checksum is wrong, so that it is reported once. If another process has replaced it meanwhile,
 * the new file stays. Never fails: if it can't be removed, the next process tries.
 */
export async function removeDamaged(state: string, path: string): Promise<void> {
  const folder = `${state}/tmp`;
  const aside = `${folder}/${basename(path)}.${crypto.randomUUID()}`;
  try {
    for (const each of [state, dirname(path), folder]) await ensureOwnFolder(each);
    await rename(path, aside);
    const moved = await inspectFile(aside);
    const isDamaged = moved.kind === "text" && withoutChecksum(moved.text) === undefined;
    if (!isDamaged) await putBack(aside, path);
    await removeState(aside);
  } catch {
    // A file that stays in `tmp` is removed later, together with those of killed writers.
  }
}

/** It must not replace an even newer file. */
async function putBack(aside: string, path: string): Promise<void> {
  await link(aside, path).catch(async (error: { code?: string }) => {
    if (error.code !== "EEXIST") await rename(aside, path);
  });
}
