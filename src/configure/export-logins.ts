import type { Login } from "../clients/docker/login.ts";
import { type FileLogin, loginsIn } from "../clients/docker/logins.ts";
import { errorFrom } from "../logins/delegate.ts";
import type { OtherLogins } from "../protocol/other-logins.ts";
import { DelegatedReply } from "../protocol/reply.ts";
import { expiryOfPassword } from "../token/expiry.ts";
import { Failure } from "../token/failure.ts";
import { isSame } from "./import-logins.ts";
import type { Imported, UndoRecord } from "./undo-record.ts";

/** Logins that go from here into a file. */
export interface MovingOut {
  /** By key of `auths`. */
  readonly logins: ReadonlyMap<string, Login>;
  /** To be removed here once the file has them. */
  readonly leaving: readonly { readonly server: string; readonly login: Login }[];
  /** One line each: what stays here, and why. */
  readonly left: readonly string[];
}

/**
 * Which logins go back into a file. It changes nothing.
 *
 * @param imported those that came out of it
 * @param all whether every other login that is kept here goes there as well
 * @throws Failure EXPORT_UNREADABLE where one is kept and can't be read
 */
export async function planExport(
  text: string,
  imported: readonly Imported[],
  all: boolean,
  kept: OtherLogins,
): Promise<MovingOut> {
  const standing = new Map(loginsIn(text).map((login) => [login.key, login] as const));
  const logins = new Map<string, Login>();
  const leaving: { server: string; login: Login }[] = [];
  const left: string[] = [];
  const known = new Set(imported.map(({ server }) => server));
  const servers = all ? Object.keys(await asked(() => kept.list())) : [];
  const others = servers
    .filter((server) => !known.has(server))
    .map((server) => ({ key: server, server, wasKept: false }));
  for (const { key, server, wasKept } of [...imported, ...others]) {
    const login = await asked(() => kept.get(server));
    const there = standing.get(key);
    if (!login) {
      // Also where `fallback` has been changed since: the former one is not asked, and has it still.
      const why =
        "no login to it is kept here now; unless you have logged out, see fallback in config.yaml, or log in";
      if (!there) left.push(`${key}: ${why}`);
      continue;
    }
    if (there && !isLogin(there, login)) {
      left.push(`${key}: another login to it stands in the file; the one kept here stays here`);
      continue;
    }
    if (!there) logins.set(key, login);
    if (!wasKept) leaving.push({ server, login });
  }
  return { logins, leaving, left };
}

/**
 * Removes here what the file has, by its own word. A login that can't be removed stays, which does no harm.
 *
 * @returns the servers whose logins are still kept here
 */
export async function exportLogins(
  leaving: MovingOut["leaving"],
  text: string,
  kept: OtherLogins,
): Promise<readonly string[]> {
  const there = loginsIn(text);
  const staying: string[] = [];
  for (const { server, login } of leaving) {
    const isThere = there.some(
      (each) => each.kind === "login" && each.server === server && isLogin(each, login),
    );
    if (!isThere) staying.push(server);
    else await kept.erase(server).catch(() => staying.push(server));
  }
  return staying;
}

/**
 * ECR's tokens that were taken out of the file, but for those that are over by now, and those in whose place another
 * login stands.
 *
 * @param now milliseconds since the epoch
 */
export function restoreTokens(
  text: string,
  { dropped = {} }: UndoRecord,
  now: number,
): ReadonlyMap<string, Login> {
  const standing = new Set(loginsIn(text).map(({ key }) => key));
  return new Map(
    Object.entries(dropped).filter(([key, { secret }]) => !standing.has(key) && !isOver(secret, now)),
  );
}

function isOver(token: string, now: number): boolean {
  const expiresAt = expiryOfPassword(token);
  return expiresAt !== undefined && expiresAt <= now;
}

function isLogin(there: FileLogin, login: Login): boolean {
  return there.kind === "login" && isSame(there.login, login);
}

async function asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    const why = error instanceof DelegatedReply ? errorFrom(error) : (error as Error).message;
    if (!(error instanceof Failure || error instanceof DelegatedReply)) throw error;
    const fix = "unlock what keeps them and run it again, or leave them there with --leave-logins";
    throw new Failure("EXPORT_UNREADABLE", `logins that are kept can't be put back: ${why}`, fix, {
      cause: error,
    });
  }
}
