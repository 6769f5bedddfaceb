import { unlink } from "node:fs/promises";
import { parseLoginOfAnyFormat } from "../../token/former-login.ts";
import { type Clock, type Life, longestLife } from "../../token/life.ts";
import { parseAuthorizationEntry, parseFailureEntry, parseRegistryEntry } from "../../token/parse-entry.ts";
import { inspectFile } from "../files/inspect.ts";
import { namesInOwn } from "../files/own-folders.ts";
import { removeAbandoned } from "../files/write.ts";

/** Milliseconds from the expiry of a file to its removal: `status` and a logout still read it. */
const retention = {
  authorizations: 3_600_000,
  logins: 3_600_000,
  /** A registry that no client requests is remembered for this time. */
  tokens: 7 * 86_400_000,
  "failed-gets": 7 * 86_400_000,
} as const;

/** The number of files that are checked in a folder each time. */
const sampleSize = 64;

/** One get in eight, since it costs as much as the rest of a get. It checks more files than eight gets write. */
const share = 1 / 8;

/** Whether a get that calls AWS is to prune. @param random in [0, 1) */
export function isPruningDue(random: number): boolean {
  return random < share;
}

/**
 * Removes expired files and the temporary files of killed writers: an identity whose keys change with each job would
 * otherwise leave two files with secrets for each job. It checks at most 64 files of a folder, different ones each time,
 * so the time does not grow with their number; it removes more files than a fetch adds. Never fails; a file that can't be
 * read stays. An explicit login is removed only if the uptime proves that it has expired, because the wall clock may be
 * ahead, and no call to AWS replaces a login.
 *
 * @param random in [0, 1)
 */
export async function pruneState(state: string, clock: Clock, random: number): Promise<void> {
  await removeAbandoned(state, clock.now);
  for (const [folder, period] of Object.entries(retention)) {
    const names = await namesInOwn(state, folder);
    const first = names.length > sampleSize ? Math.floor(random * names.length) : 0;
    const sample = [...names.slice(first), ...names.slice(0, first)].slice(0, sampleSize);
    await Promise.all(sample.map((name) => pruneFile(`${state}/${folder}/${name}`, clock, period)));
  }
}

async function pruneFile(path: string, clock: Clock, period: number): Promise<void> {
  const end = await endOf(path, clock);
  if (end !== undefined && end < clock.now - period) await unlink(path).catch(() => undefined);
}

/** When an entry became obsolete: the expiry of a token, or the time of a failure or logout. */
async function endOf(path: string, clock: Clock): Promise<number | undefined> {
  const file = await inspectFile(path);
  if (file.kind !== "text") return undefined;
  const { text } = file;
  const login = parseLoginOfAnyFormat(text);
  if (login && "life" in login && !isCertainlyOver(login.life, clock)) return undefined;
  const entry = parseRegistryEntry(text) ?? parseAuthorizationEntry(text) ?? login;
  if (entry) return "life" in entry ? entry.life.expiresAt : entry.loggedOutAt;
  return parseFailureEntry(text)?.at ?? previousFormatEnd(text);
}

/** Whether the uptime proves that the longest life is over: since the issue, or since a boot after the issue. */
function isCertainlyOver({ boot }: Life, clock: Clock): boolean {
  if (!clock.boot) return false;
  const since = boot?.id === clock.boot.id ? boot.uptime : 0;
  return clock.boot.uptime - since > longestLife;
}

/** The same for an entry in the previous format, JSON. */
function previousFormatEnd(text: string): number | undefined {
  try {
    const { life, at, loggedOutAt } = JSON.parse(text);
    const end = life?.expiresAt ?? at ?? loggedOutAt;
    return typeof end === "number" ? end : undefined;
  } catch {
    return undefined;
  }
}
