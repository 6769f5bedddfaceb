import type { Login } from "../clients/docker/login.ts";
import { type FileLogin, loginsIn } from "../clients/docker/logins.ts";
import { errorFrom } from "../logins/delegate.ts";
import type { OtherLogins } from "../protocol/other-logins.ts";
import { DelegatedReply } from "../protocol/reply.ts";
import { expiryOfPassword } from "../token/expiry.ts";
import { Failure } from "../token/failure.ts";
import { foreignName } from "../token/foreign-text.ts";
import { isSame } from "./import-logins.ts";
import type { Imported, UndoRecord } from "./undo-record.ts";

/** Logins to write back to a file. */
export interface ExportPlan {
  /** By key of `auths`. */
  readonly logins: ReadonlyMap<string, Login>;
  /** Logins to remove from the store once they are in the file. */
  readonly toErase: readonly { readonly server: string; readonly login: Login }[];
  /** A line for each login that stays in the store, with the reason. */
  readonly skipped: readonly string[];
}

/**
 * Plans which logins to write back to a file. It changes nothing.
 *
 * @param imported the logins that were imported from it
 * @param all whether every other stored login is written too
 * @throws Failure EXPORT_UNREADABLE if a stored login can't be read
 */
export async function planExport(
  text: string,
  imported: readonly Imported[],
  all: boolean,
  store: OtherLogins,
): Promise<ExportPlan> {
  const inFile = new Map(loginsIn(text).map((login) => [login.key, login] as const));
  const logins = new Map<string, Login>();
  const toErase: { server: string; login: Login }[] = [];
  const skipped: string[] = [];
  const known = new Set(imported.map(({ server }) => server));
  const servers = all ? await withFailure(() => store.servers()) : [];
  const others = servers
    .filter((server) => !known.has(server))
    .map((server) => ({ key: server, server, wasKept: false }));
  for (const { key, server, wasKept } of [...imported, ...others]) {
    const login = await withFailure(() => store.get(server));
    const existing = inFile.get(key);
    if (!login) {
      // Also if `fallback` has been changed since: the login is still in the previous store, which is not read.
      const why =
        "no login to it is stored now; if you have not logged out, check fallback in config.yaml, or log in again";
      if (!existing) skipped.push(`${foreignName(key)}: ${why}`);
      continue;
    }
    if (existing && !isLogin(existing, login)) {
      skipped.push(`${foreignName(key)}: the file has another login to it; the stored login was not changed`);
      continue;
    }
    if (!existing) logins.set(key, login);
    if (!wasKept) toErase.push({ server, login });
  }
  return { logins, toErase, skipped };
}

/**
 * Removes logins from the store that are now in the file, as its text shows. A login that can't be removed stays, which
 * does no harm.
 *
 * @returns the servers whose logins are still stored
 */
export async function exportLogins(
  toErase: ExportPlan["toErase"],
  text: string,
  store: OtherLogins,
): Promise<readonly string[]> {
  const inFile = new Set(
    loginsIn(text).flatMap((each) => (each.kind === "login" ? [loginKey(each.server, each.login)] : [])),
  );
  const remaining: string[] = [];
  for (const { server, login } of toErase) {
    if (!inFile.has(loginKey(server, login))) remaining.push(server);
    else await store.erase(server).catch(() => remaining.push(server));
  }
  return remaining;
}

/**
 * The ECR tokens that were removed from the file, except those that have expired or were replaced by another login.
 *
 * @param now milliseconds since the epoch
 */
export function restoreTokens(
  text: string,
  { dropped = {} }: UndoRecord,
  now: number,
): ReadonlyMap<string, Login> {
  const inFile = new Set(loginsIn(text).map(({ key }) => key));
  return new Map(
    Object.entries(dropped).filter(([key, { secret }]) => !inFile.has(key) && !isExpired(secret, now)),
  );
}

function isExpired(token: string, now: number): boolean {
  const expiresAt = expiryOfPassword(token);
  return expiresAt !== undefined && expiresAt <= now;
}

function loginKey(server: string, { username, secret }: Login): string {
  return JSON.stringify([server, username, secret]);
}

function isLogin(entry: FileLogin, login: Login): boolean {
  return entry.kind === "login" && isSame(entry.login, login);
}

async function withFailure<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    const why = error instanceof DelegatedReply ? errorFrom(error) : (error as Error).message;
    if (!(error instanceof Failure || error instanceof DelegatedReply)) throw error;
    const first = error instanceof Failure ? error.fix : "unlock their store";
    const fix = `${first}, then run the command again; or leave them there with --undo --leave-logins`;
    throw new Failure("EXPORT_UNREADABLE", `stored logins can't be written back: ${why}`, fix, {
      cause: error,
    });
  }
}
