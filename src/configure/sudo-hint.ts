import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Environment } from "../token/dependencies.ts";

/**
 * Whose file root is about to write under `sudo`, which is easily another one than meant; undefined where that is no
 * question.
 *
 * @param uid of this process
 * @param owner of the file, or of the folder that it would be made in
 */
export function sudoHint(env: Environment, uid: number, path: string, owner: number): string | undefined {
  const user = env.SUDO_USER;
  if (uid !== 0 || !user || user === "root") return undefined;
  // Another user's is refused.
  return owner === 0
    ? `${path} is root's: for what ${user} runs without sudo, run this without sudo`
    : undefined;
}

/** The number of the user whose a file is, or the folder that it would be made in. */
export async function ownerOf(path: string): Promise<number> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => undefined);
    if (found || at === dirname(at)) return found?.uid ?? 0;
  }
}
