import { dirname } from "node:path";
import { nonceLength, seal, unseal } from "../store/encryption/seal.ts";
import { inspectFile } from "../store/files/inspect.ts";
import { loginKeyPath, sealedLoginPath, serverKey } from "../store/files/paths.ts";
import { removeState, writeDurable } from "../store/files/write.ts";
import { assertFits, type Login } from "../store/tokens/login.ts";
import { Failure } from "../token/failure.ts";
import { readLoginKey, readOrMakeLoginKey } from "./encryption-key.ts";
import { withLoginsLock } from "./logins-lock.ts";
import { storedNames } from "./stored-names.ts";

/**
 * Logins to hosts outside ECR in encrypted files, one for each server, for machines without a keychain. The key is in a
 * file next to them. This protects a login if only one of the two files is copied, backed up or searched. It does not
 * protect a login from root or from the user's own programs, which can read both files.
 */
export class FileLogins {
  /** @param report gets a line for each file that `list` skips */
  constructor(
    private readonly state: string,
    private readonly report: (line: string) => void,
  ) {}

  /** @throws Failure LOGIN_KEY, LOGIN_UNREADABLE if a login is stored but can't be decrypted */
  readonly get = async (server: string): Promise<Login | undefined> => {
    const { username, secret } = (await this.open(serverKey(server))) ?? {};
    return username === undefined || secret === undefined ? undefined : { username, secret };
  };

  /** @throws Failure LOGIN_KEY, LOGIN_TOO_LONG, STATE_FOLDER, STATE_WRITE; a previous login is then still stored */
  readonly store = (server: string, login: Login): Promise<void> =>
    withLoginsLock(this.state, async () => {
      assertFits(server, login);
      const { username, secret } = login;
      const key = await readOrMakeLoginKey(this.state);
      const id = serverKey(server);
      const nonce = crypto.getRandomValues(new Uint8Array(nonceLength));
      const sealed = await seal(JSON.stringify({ server, username, secret }), key, id, nonce);
      await writeDurable(this.state, sealedLoginPath(this.state, id), { format: 1, sealed });
    });

  readonly erase = async (server: string): Promise<void> => {
    const path = sealedLoginPath(this.state, serverKey(server));
    if ((await inspectFile(path)).kind === "absent") return;
    await withLoginsLock(this.state, () => removeState(path));
  };

  /** @throws Failure LOGIN_KEY, LOGIN_UNREADABLE if one of the stored logins can't be decrypted */
  readonly servers = async (): Promise<readonly string[]> => {
    const servers: string[] = [];
    for (const id of await storedNames(this.folder)) {
      const login = await this.open(id);
      if (!login)
        throw unreadable(sealedLoginPath(this.state, id), "it disappeared", "run the command again");
      servers.push(login.server);
    }
    return servers.sort();
  };

  /** Server to username of all logins that `get` can decrypt. */
  readonly list = async (): Promise<Readonly<Record<string, string>>> => {
    const usernames: [string, string][] = [];
    const reportFailure = (error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      this.report(error.oneLine);
    };
    const ids = await storedNames(this.folder).catch(reportFailure);
    for (const id of ids ?? []) {
      const login = await this.open(id).catch(reportFailure);
      if (login) usernames.push([login.server, login.username]);
    }
    return Object.fromEntries(usernames.sort(([one], [other]) => (one < other ? -1 : 1)));
  };

  private get folder(): string {
    return dirname(sealedLoginPath(this.state, ""));
  }

  private async open(id: string): Promise<(Login & { readonly server: string }) | undefined> {
    const path = sealedLoginPath(this.state, id);
    const file = await inspectFile(path);
    if (file.kind === "absent") return undefined;
    const newLogin = "log in to that registry again";
    if (file.kind === "refused")
      throw unreadable(
        path,
        file.why,
        `make it a plain file of this user with mode 0600, or remove it and ${newLogin}`,
      );
    const key = await readLoginKey(this.state);
    if (!key)
      throw unreadable(
        path,
        "its key is missing",
        `restore ${loginKeyPath(this.state)}, or ${newLogin}, or remove that file`,
      );
    const text = await unseal(sealedOf(file.text), key, id);
    if (text === undefined)
      throw unreadable(
        path,
        "it was encrypted with another key, or changed",
        `restore it, or ${newLogin}, or remove it`,
      );
    return JSON.parse(text);
  }
}

function sealedOf(text: string): string {
  try {
    const { format, sealed } = JSON.parse(text);
    return format === 1 && typeof sealed === "string" ? sealed : "";
  } catch {
    return "";
  }
}

function unreadable(path: string, why: string, fix: string): Failure {
  return new Failure("LOGIN_UNREADABLE", `the login in ${path} can't be decrypted: ${why}`, fix);
}
