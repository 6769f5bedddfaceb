import type { Login } from "../clients/docker/auths.ts";
import { helperName } from "../clients/docker/edit-config.ts";
import { type FileLogin, serverOf } from "../clients/docker/logins.ts";
import { refusalOf } from "../logins/delegate.ts";
import type { OtherLogins } from "../protocol/other-logins.ts";
import { HandedBack } from "../protocol/reply.ts";
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
  /** What stays in the file, and why: one line each. */
  readonly left: readonly string[];
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
export async function movingIn({ file, helper, credHelpers, kept, replace }: Sources): Promise<MovingIn> {
  const incoming: Incoming[] = [];
  const left: string[] = [];
  const taken = new Map<string, Login>();
  async function take(server: string, login: Login, key?: string): Promise<void> {
    const name = key ?? server;
    const first = taken.get(server);
    const held = await kept.get(server);
    const isKept = held !== undefined && isSame(held, login);
    if (first && !isSame(first, login)) left.push(`${name}: another login to ${server} comes before it`);
    else if (held && !isKept && !replace) {
      left.push(`${name}: another login to it is kept already; --replace puts this one in its place`);
    } else {
      taken.set(server, login);
      incoming.push({ server, login, isKept, ...(key !== undefined && { key }) });
    }
  }

  for (const [server, login] of helper) await take(server, login);
  // Docker takes the exact name before one that only comes to the same.
  const isExact = ({ key }: FileLogin) => key === serverOf(key);
  for (const each of [...file.filter(isExact), ...file.filter((one) => !isExact(one))]) {
    const asked = each.kind === "login" ? credHelpers[each.server] : undefined;
    if (each.kind === "left") left.push(`${each.key}: ${each.why}`);
    else if (asked !== undefined && asked !== helperName)
      left.push(`${each.key}: Docker asks ${asked} for it`);
    else if (each.kind === "login") await take(each.server, each.login, each.key);
  }
  return { incoming, left };
}

/**
 * Keeps them, and reads each back. That it ends in between does no harm: they still stand where they stood.
 *
 * @param place where they are kept, for messages
 * @throws Failure IMPORT_REFUSED, IMPORT_CHECK, and what storing throws
 */
export async function moveIn(incoming: readonly Incoming[], kept: OtherLogins, place: string): Promise<void> {
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
    return new Failure(error.code, `${error.message}; ${tail}`, error.mend, { cause: error });
  }
  if (!(error instanceof HandedBack)) return error;
  const what = `the login to ${server} was refused by ${place} (${refusalOf(error)}); ${tail}`;
  return new Failure("IMPORT_REFUSED", what, "mend that, or choose another fallback, then run it again");
}
