import { readdir, stat, unlink } from "node:fs/promises";
import { basename, dirname } from "node:path";

/** Milliseconds: temporary files older than this belong to writers that were killed. */
const abandonedAfter = 60_000;

/** Removes what writers that were killed have left beside the file: tokens lie in it. Never fails. */
export async function removeAbandoned(target: string, now: number): Promise<void> {
  const name = basename(target);
  for (const each of await readdir(dirname(target)).catch(() => [])) {
    if (!each.startsWith(`${name}.`) || !/\.[0-9a-f]{12}\.tmp$/.test(each)) continue;
    const path = `${dirname(target)}/${each}`;
    const modified = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => now,
    );
    if (now - modified > abandonedAfter) await unlink(path).catch(() => undefined);
  }
}
