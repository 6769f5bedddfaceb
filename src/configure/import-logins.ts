import { helperName } from "../clients/docker/edit-config.ts";
import type { Login } from "../clients/docker/login.ts";
import { type FileLogin, serverOf } from "../clients/docker/logins.ts";
import { errorFrom } from "../logins/delegate.ts";
import type { OtherLogins } from "../protocol/other-logins.ts";
import { DelegatedReply } from "../protocol/reply.ts";
import { Failure } from "../token/failure.ts";

/** A login to import. */
export interface Incoming {
  readonly server: string;
  readonly login: Login;
  /** Its key in `auths`, where it is removed after the import; absent: another helper has it, and keeps it. */
  readonly key?: string;
  /** Whether it is already stored. */
  readonly isStored: boolean;
}

export interface ImportPlan {
  readonly incoming: readonly Incoming[];
  /** Logins that are not imported, with the reason. */
  readonly skipped: readonly Skipped[];
}

interface Skipped {
  /** The key in `auths`, or the server of another helper's login. */
  readonly key: string;
  readonly why: string;
}

/** The logins to import, and the store. */
export interface Sources {
  readonly file: readonly FileLogin[];
  /** The logins of another helper, by server: Docker has used these, not those in the file. */
  readonly helper: ReadonlyMap<string, Login>;
  readonly credHelpers: Readonly<Record<string, string>>;
  readonly store: Pick<OtherLogins, "get">;
  /** Whether a login that is already stored may be replaced. */
  readonly replace: boolean;
}

/** Users have dozens of logins. Each takes a file, or a request to a keychain or another helper. */
const mostImported = 1_000;

/** @throws Failure IMPORT_TOO_MANY */
export function checkImportCount(file: readonly FileLogin[], name: string): void {
  const count = file.filter(({ kind }) => kind === "login").length;
  if (count <= mostImported) return;
  throw new Failure(
    "IMPORT_TOO_MANY",
    `${name} contains ${count} logins, and --import moves ${mostImported} at most`,
    "remove unused logins from its auths, or name single registries instead of --import",
  );
}

/** Plans which logins to import. It changes nothing. @throws what `store.get` throws */
export async function planImport({
  file,
  helper,
  credHelpers,
  store,
  replace,
}: Sources): Promise<ImportPlan> {
  const incoming: Incoming[] = [];
  const skipped: Skipped[] = [];
  const chosen = new Map<string, { readonly login: Login; readonly name: string }>();
  async function take(server: string, login: Login, key?: string): Promise<void> {
    const first = chosen.get(server);
    const stored = await store.get(server);
    const isStored = stored !== undefined && isSame(stored, login);
    const skip = (why: string) => skipped.push({ key: key ?? server, why });
    if (first && !isSame(first.login, login)) skip(`${first.name} is another login to the same server`);
    else if (stored && !isStored && !replace) {
      skip("another login to it is already stored; --replace replaces it by this one");
    } else {
      if (!first) chosen.set(server, { login, name: key ?? "the previous helper's login" });
      incoming.push({ server, login, isStored, ...(key !== undefined && { key }) });
    }
  }

  for (const [server, login] of helper) await take(server, login);
  // Docker prefers a key that is exactly the server's name to another key for the same server.
  const isExact = ({ key }: FileLogin) => key === serverOf(key);
  for (const each of [...file.filter(isExact), ...file.filter((one) => !isExact(one))]) {
    const { key } = each;
    if (each.kind === "left") skipped.push({ key, why: each.why });
    if (each.kind !== "login") continue;
    const { server, login, isUnused } = each;
    const helperOfServer = Object.hasOwn(credHelpers, server) ? credHelpers[server] : helperName;
    const first = chosen.get(server);
    if (helperOfServer !== helperName)
      skipped.push({ key, why: `Docker uses ${helperOfServer || "no helper"} for it` });
    else if (isUnused && !(first && isSame(first.login, login)))
      skipped.push({ key, why: `Docker uses the entry ${server} instead` });
    else await take(server, login, key);
  }
  return { incoming, skipped };
}

/**
 * Stores logins, and reads each one back. If the process ends in between, they are still in their source.
 *
 * @param storeName for messages
 * @throws Failure IMPORT_REFUSED, IMPORT_CHECK, and what storing throws
 */
export async function importLogins(
  incoming: readonly Incoming[],
  store: OtherLogins,
  storeName: string,
): Promise<void> {
  for (const { server, login } of incoming.filter(({ isStored }) => !isStored)) {
    try {
      await store.store(server, login);
      const again = await store.get(server);
      if (again && isSame(again, login)) continue;
      const what = `the login to ${server} can't be read back from ${storeName} as it was stored`;
      throw new Failure("IMPORT_CHECK", what, "choose another fallback in config.yaml");
    } catch (error) {
      throw withNothingRemoved(error, server, storeName);
    }
  }
}

export function isSame(one: Login, other: Login): boolean {
  return one.username === other.username && one.secret === other.secret;
}

function withNothingRemoved(error: unknown, server: string, storeName: string): unknown {
  const consequence = "nothing was removed from Docker's config.json";
  if (error instanceof Failure) {
    return new Failure(error.code, `${error.message}; ${consequence}`, error.fix, { cause: error });
  }
  if (!(error instanceof DelegatedReply)) return error;
  const what = `the login to ${server} was refused by ${storeName} (${errorFrom(error)}); ${consequence}`;
  return new Failure(
    "IMPORT_REFUSED",
    what,
    "fix that, or choose another fallback, then run the command again",
  );
}
