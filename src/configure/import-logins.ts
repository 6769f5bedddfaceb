import { helperName } from "../clients/docker/edit-config.ts";
import type { Login } from "../clients/docker/login.ts";
import { type FileLogin, serverOf } from "../clients/docker/logins.ts";
import { errorFrom } from "../logins/delegate.ts";
import type { OtherLogins } from "../protocol/other-logins.ts";
import { DelegatedReply } from "../protocol/reply.ts";
import { Failure } from "../token/failure.ts";

/** A login that is to be kept here. */
export interface Incoming {
  readonly server: string;
  readonly login: Login;
  /** In `auths`, from where it is taken out once it is kept; absent: another helper has it, and goes on having it. */
  readonly key?: string;
  /** Whether it is kept here already. */
  readonly isKept: boolean;
}

export interface MovingIn {
  readonly incoming: readonly Incoming[];
  /** What stays in the file, and why. */
  readonly left: readonly Left[];
}

interface Left {
  /** In `auths`, or the server of another helper's login. */
  readonly key: string;
  readonly why: string;
}

/** From where logins come, and what is kept already. */
export interface Sources {
  readonly file: readonly FileLogin[];
  /** Another helper's, by server: Docker has used those, not the file's. */
  readonly helper: ReadonlyMap<string, Login>;
  readonly credHelpers: Readonly<Record<string, string>>;
  readonly kept: Pick<OtherLogins, "get">;
  /** Whether a login that is kept here already may give way. */
  readonly replace: boolean;
}

/** Which logins come here. It changes nothing. @throws what `kept.get` throws */
export async function planImport({ file, helper, credHelpers, kept, replace }: Sources): Promise<MovingIn> {
  const incoming: Incoming[] = [];
  const left: Left[] = [];
  const taken = new Map<string, { readonly login: Login; readonly name: string }>();
  async function take(server: string, login: Login, key?: string): Promise<void> {
    const first = taken.get(server);
    const held = await kept.get(server);
    const isKept = held !== undefined && isSame(held, login);
    const leave = (why: string) => left.push({ key: key ?? server, why });
    if (first && !isSame(first.login, login)) leave(`${first.name} is another login to the same server`);
    else if (held && !isKept && !replace) {
      leave("another login to it is kept already; --replace puts this one in its place");
    } else {
      if (!first) taken.set(server, { login, name: key ?? "the former helper's" });
      incoming.push({ server, login, isKept, ...(key !== undefined && { key }) });
    }
  }

  for (const [server, login] of helper) await take(server, login);
  // Docker takes the exact name before one that only comes to the same.
  const isExact = ({ key }: FileLogin) => key === serverOf(key);
  for (const each of [...file.filter(isExact), ...file.filter((one) => !isExact(one))]) {
    const { key } = each;
    if (each.kind === "left") left.push({ key, why: each.why });
    if (each.kind !== "login") continue;
    const { server, login, isUnused } = each;
    const asked = Object.hasOwn(credHelpers, server) ? credHelpers[server] : helperName;
    const first = taken.get(server);
    if (asked !== helperName) left.push({ key, why: `Docker asks ${asked || "no helper"} for it` });
    else if (isUnused && !(first && isSame(first.login, login)))
      left.push({ key, why: `Docker does not use it, but the entry ${server}` });
    else await take(server, login, key);
  }
  return { incoming, left };
}

/**
 * Keeps them, and reads each back. That it ends in between does no harm: they still stand where they stood.
 *
 * @param place where they are kept, for messages
 * @throws Failure IMPORT_REFUSED, IMPORT_CHECK, and what storing throws
 */
export async function importLogins(
  incoming: readonly Incoming[],
  kept: OtherLogins,
  place: string,
): Promise<void> {
  for (const { server, login } of incoming.filter(({ isKept }) => !isKept)) {
    try {
      await kept.store(server, login);
      const again = await kept.get(server);
      if (again && isSame(again, login)) continue;
      const what = `the login to ${server} does not come back from ${place} as it was stored`;
      throw new Failure("IMPORT_CHECK", what, "choose another fallback in config.yaml");
    } catch (error) {
      throw withNothingTaken(error, server, place);
    }
  }
}

export function isSame(one: Login, other: Login): boolean {
  return one.username === other.username && one.secret === other.secret;
}

function withNothingTaken(error: unknown, server: string, place: string): unknown {
  const tail = "nothing was taken out of Docker's config.json";
  if (error instanceof Failure) {
    return new Failure(error.code, `${error.message}; ${tail}`, error.fix, { cause: error });
  }
  if (!(error instanceof DelegatedReply)) return error;
  const what = `the login to ${server} was refused by ${place} (${errorFrom(error)}); ${tail}`;
  return new Failure("IMPORT_REFUSED", what, "fix that, or choose another fallback, then run it again");
}
