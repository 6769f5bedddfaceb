import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Environment } from "../token/dependencies.ts";

/**
 * A hint that `sudo` makes root write its own file, which may not be the intended one; undefined if it does not apply.
 *
 * @param uid of this process
 * @param owner of the file, or of the folder in which it would be created
 */
export function sudoHint(env: Environment, uid: number, path: string, owner: number): string | undefined {
  const user = env.SUDO_USER;
  if (uid !== 0 || !user || user === "root") return undefined;
  // A file of another user is refused.
  return owner === 0
    ? `${path} belongs to root: for programs that ${user} runs without sudo, run this command without sudo`
    : undefined;
}

/** The owner of a file, or of the folder in which it would be created. */
export async function ownerOf(path: string): Promise<number> {
  for (let at = path; ; at = dirname(at)) {
    const stats = await stat(at).catch(() => undefined);
    if (stats || at === dirname(at)) return stats?.uid ?? 0;
  }
}
