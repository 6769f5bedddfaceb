import { readdir, unlink } from "node:fs/promises";
import {
  parseAuthorizationEntry,
  parseFailureEntry,
  parseLoginEntry,
  parseRegistryEntry,
} from "../token/parse-entry.ts";
import { inspectFile } from "./inspect.ts";

/** Milliseconds after its end that a file of each folder is kept for those who look at it: `status`, a logout. */
const keptAfter = {
  authorizations: 3_600_000,
  logins: 3_600_000,
  /** So long a registry that nobody asks for is remembered. */
  tokens: 7 * 86_400_000,
} as const;

/**
 * Removes what has expired: an identity whose keys change with each job would leave two files a job for
 * ever, with secrets in them. Never fails; what can't be read is left to whoever reads it.
 */
export async function pruneState(state: string, now: number): Promise<void> {
  for (const [folder, kept] of Object.entries(keptAfter)) {
    for (const name of await readdir(`${state}/${folder}`).catch(() => [])) {
      const path = `${state}/${folder}/${name}`;
      const end = await endOf(path);
      if (end !== undefined && now - end > kept) await unlink(path).catch(() => undefined);
    }
  }
}

/** When an entry ended: a token's expiry, the moment of a failure or a logout. */
async function endOf(path: string): Promise<number | undefined> {
  const found = await inspectFile(path);
  if (found.kind !== "text") return undefined;
  const { text } = found;
  const entry = parseRegistryEntry(text) ?? parseAuthorizationEntry(text) ?? parseLoginEntry(text);
  if (entry) return "life" in entry ? entry.life.expiresAt : entry.loggedOutAt;
  return parseFailureEntry(text)?.at ?? formerEnd(text);
}

/** Of an entry that was JSON, as all were before docs/token-file.md. */
function formerEnd(text: string): number | undefined {
  try {
    const { life, at, loggedOutAt } = JSON.parse(text);
    const end = life?.expiresAt ?? at ?? loggedOutAt;
    return typeof end === "number" ? end : undefined;
  } catch {
    return undefined;
  }
}
