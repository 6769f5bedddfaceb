import { readdir, unlink } from "node:fs/promises";
import {
  parseAuthorizationEntry,
  parseFailureEntry,
  parseLoginEntry,
  parseRegistryEntry,
} from "../../token/parse-entry.ts";
import { inspectFile } from "../files/inspect.ts";
import { removeAbandoned } from "../files/write.ts";

/** Milliseconds after its expiry that a file of each folder is kept for its readers: `status`, a logout. */
const keptAfter = {
  authorizations: 3_600_000,
  logins: 3_600_000,
  /** A registry that no client requests is remembered for this time. */
  tokens: 7 * 86_400_000,
  "failed-gets": 7 * 86_400_000,
} as const;

/** Files of a folder that are checked each time. */
const atOnce = 64;

/**
 * Removes what has expired, and what writers that were killed left: an identity whose keys change with each job would leave two files a job for
 * ever, with secrets in them. Looks at no more than 64 files of a folder, at different ones each time, so that
 * it takes no longer the more there are: what a fetch adds is little beside what 64 looks find.
 * Never fails; what can't be read is left to the reader that needs it.
 *
 * @param now milliseconds since the epoch
 * @param random in [0, 1)
 */
export async function pruneState(state: string, now: number, random: number): Promise<void> {
  await removeAbandoned(state, now);
  for (const [folder, kept] of Object.entries(keptAfter)) {
    const names = await readdir(`${state}/${folder}`).catch((): string[] => []);
    const first = names.length > atOnce ? Math.floor(random * names.length) : 0;
    const looked = [...names.slice(first), ...names.slice(0, first)].slice(0, atOnce);
    await Promise.all(looked.map((name) => pruneFile(`${state}/${folder}/${name}`, now - kept)));
  }
}

async function pruneFile(path: string, before: number): Promise<void> {
  const end = await endOf(path);
  if (end !== undefined && end < before) await unlink(path).catch(() => undefined);
}

/** When an entry ended: a token's expiry, or the time of a failure or logout. */
async function endOf(path: string): Promise<number | undefined> {
  const found = await inspectFile(path);
  if (found.kind !== "text") return undefined;
  const { text } = found;
  const entry = parseRegistryEntry(text) ?? parseAuthorizationEntry(text) ?? parseLoginEntry(text);
  if (entry) return "life" in entry ? entry.life.expiresAt : entry.loggedOutAt;
  return parseFailureEntry(text)?.at ?? formerEnd(text);
}

/** For an entry that is JSON, as all were before docs/token-file.md. */
function formerEnd(text: string): number | undefined {
  try {
    const { life, at, loggedOutAt } = JSON.parse(text);
    const end = life?.expiresAt ?? at ?? loggedOutAt;
    return typeof end === "number" ? end : undefined;
  } catch {
    return undefined;
  }
}
