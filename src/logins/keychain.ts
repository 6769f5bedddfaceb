import type { Keychain } from "../store/keychain/keychain.ts";
import { assertFits, type Login, loginText, parseLogin } from "../store/tokens/login.ts";
import { Failure } from "../token/failure.ts";
import { hasMark, markedServers, readMarks, removeMark, writeMark } from "./keychain-marks.ts";
import { withLoginsLock } from "./logins-lock.ts";

/**
 * Logins to hosts outside ECR in the operating system's keychain, each under its exact server URL, as Docker's own
 * helpers store them. A mark in the state folder records for which servers the keychain may have a login: without a
 * mark there is none, and no process waits for a keychain that is locked or missing.
 */
export class KeychainLogins {
  /** @param alternatives what to do without a keychain, without a full stop */
  constructor(
    private readonly state: string,
    private readonly keychain: Keychain,
    private readonly alternatives: string,
  ) {}

  /** @throws Failure KEYCHAIN_…, LOGIN_UNREADABLE if a login may be stored but can't be read */
  readonly get = async (server: string): Promise<Login | undefined> => {
    if (!(await hasMark(this.state, server))) return undefined;
    const what = `the login to ${server} can't be read`;
    const [text] = await this.withContext(what, "start the keychain and unlock it, then try again", () =>
      this.keychain.read([server]),
    );
    if (text === undefined) return undefined;
    const login = parseLogin(text);
    if (login) return login;
    throw new Failure(
      "LOGIN_UNREADABLE",
      `${what}: this program did not write the keychain's entry`,
      "log in again",
    );
  };

  /** @throws Failure KEYCHAIN_…, LOGIN_TOO_LONG, STATE_…; a previous login is then still stored */
  readonly store = (server: string, login: Login): Promise<void> =>
    withLoginsLock(this.state, async () => {
      assertFits(server, login);
      const what = `the login to ${server} was not stored`;
      const isNew = !(await hasMark(this.state, server));
      // The mark comes first: a login without a mark would be lost; a mark without a login only costs a lookup.
      if (isNew) await writeMark(this.state, server);
      try {
        await this.withContext(what, this.alternatives, () => this.keychain.write(server, loginText(login)));
      } catch (error) {
        if (isNew) await removeMark(this.state, server);
        throw error;
      }
    });

  /** @throws Failure KEYCHAIN_… if a login may be stored but can't be removed */
  readonly erase = async (server: string): Promise<void> => {
    if (!(await hasMark(this.state, server))) return;
    await withLoginsLock(this.state, async () => {
      const what = `the login to ${server} can't be removed`;
      await this.withContext(what, "start the keychain and unlock it, then try again", () =>
        this.keychain.remove(server),
      );
      await removeMark(this.state, server);
    });
  };

  /** @throws Failure LOGIN_UNREADABLE if one of the marks can't be read */
  readonly servers = (): Promise<readonly string[]> => markedServers(this.state);

  /** Server to username. @throws Failure KEYCHAIN_… */
  readonly list = async (): Promise<Readonly<Record<string, string>>> => {
    const { servers } = await readMarks(this.state);
    if (servers.length === 0) return {};
    const values = await this.withContext(
      "the logins can't be listed",
      "start the keychain and unlock it, then try again",
      () => this.keychain.read(servers),
    );
    const usernames = servers.flatMap((server, index) => {
      const login = parseLogin(values[index] ?? "");
      return login ? [[server, login.username]] : [];
    });
    return Object.fromEntries(usernames);
  };

  /** Adds to a failure of the keychain what could not be done, and the fix. */
  private async withContext<Result>(what: string, fix: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new Failure(error.code, `${what}: ${error.message}`, fix, { cause: error });
    }
  }
}
