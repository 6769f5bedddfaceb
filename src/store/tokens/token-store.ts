import { readdir } from "node:fs/promises";
import type {
  AuthorizationEntry,
  FailureEntry,
  LoginEntry,
  LogoutEntry,
  RegistryEntry,
} from "../../token/entry.ts";
import { Failure } from "../../token/failure.ts";
import { parseLoginOfAnyFormat } from "../../token/former-login.ts";
import {
  parseAuthorizationEntry,
  parseFailureEntry,
  parseLoginEntry,
  parseRegistryEntry,
} from "../../token/parse-entry.ts";
import { type AtRest, readAtRest } from "../encryption/mode.ts";
import type { FastFiles } from "../files/fast-files.ts";
import { inspectFile } from "../files/inspect.ts";
import {
  authorizationPath,
  entrySuffix,
  failurePath,
  loginPath,
  previousLoginPath,
  previousSuffix,
  tokenPath,
} from "../files/paths.ts";
import type { FileReporter } from "../files/report-once.ts";
import { assertFits } from "./login.ts";
import { noTokenKey, TokenFiles, type TokenKeyPort } from "./token-files.ts";

export interface TokenStoreOptions {
  /** Needed only if tokens are, or will be, encrypted. */
  readonly key?: TokenKeyPort;
  readonly inspect?: typeof inspectFile;
  /** For readers: a damaged file stays. */
  readonly isReadOnly?: boolean;
}

/**
 * The token files of one state folder. Reading never fails: a corrupt, truncated, foreign or newer file is reported
 * with `report` and counts as absent; it does not affect other files. The functions are fields, so that they can be
 * passed on as ports one by one.
 */
export class TokenStore {
  readonly #files: TokenFiles;

  readonly #key: TokenKeyPort;
  /** The next write replaces a damaged token file anyway, and until then the file shows that the registry is in use. */
  readonly #removesDamaged: { readonly removesDamaged: boolean };

  constructor(
    private readonly state: string,
    private readonly report: FileReporter,
    { key = noTokenKey, inspect = inspectFile, isReadOnly = false }: TokenStoreOptions = {},
  ) {
    this.#removesDamaged = { removesDamaged: !isReadOnly };
    this.#key = key;
    this.#files = new TokenFiles(state, key, report, inspect);
  }

  readonly readRegistry = (host: string): Promise<RegistryEntry | undefined> =>
    this.#files.read(tokenPath(this.state, host), (text) => forHost(host, parseRegistryEntry(text)));

  readonly readLogin = async (host: string): Promise<LoginEntry | LogoutEntry | undefined> => {
    const login = await this.#files.read(
      loginPath(this.state, host),
      (text) => forHost(host, parseLoginEntry(text)),
      this.#removesDamaged,
    );
    if (login) return login;
    const previous = previousLoginPath(this.state, host);
    return this.#files.read(previous, (text) => forHost(host, parseLoginOfAnyFormat(text)));
  };

  /** Why the keychain prevented the last `readLogin`, although there is a login. */
  readonly unreadLogin = (host: string): Failure | undefined =>
    this.#files.keyFailureOf(loginPath(this.state, host)) ??
    this.#files.keyFailureOf(previousLoginPath(this.state, host));

  readonly readAuthorization = (key: string): Promise<AuthorizationEntry | undefined> =>
    this.#files.read(authorizationPath(this.state, key), parseAuthorizationEntry, this.#removesDamaged);

  readonly readFailure = (key: string): Promise<FailureEntry | undefined> =>
    this.#files.read(failurePath(this.state, key), parseFailureEntry);

  /** @throws Failure STATE_FOLDER, STATE_WRITE, KEYCHAIN_…, like all methods that write or remove */
  readonly writeRegistry = (entry: RegistryEntry): Promise<void> =>
    this.#files.write(tokenPath(this.state, entry.host), entry);

  /** @throws also LOGIN_TOO_LONG */
  readonly writeLogin = async (entry: LoginEntry | LogoutEntry): Promise<void> => {
    if ("secret" in entry) assertFits(entry.host, entry);
    await this.#files.write(loginPath(this.state, entry.host), entry);
    await this.#files.remove(previousLoginPath(this.state, entry.host));
  };

  readonly writeAuthorization = async (key: string, entry: AuthorizationEntry): Promise<void> => {
    await this.#files.write(authorizationPath(this.state, key), entry);
    await this.#files.remove(failurePath(this.state, key));
  };

  readonly writeFailure = (key: string, entry: FailureEntry): Promise<void> =>
    this.#files.write(failurePath(this.state, key), entry);

  readonly removeRegistry = (host: string): Promise<boolean> =>
    this.#files.remove(tokenPath(this.state, host));

  readonly removeLogin = async (host: string): Promise<boolean> => {
    const hadPrevious = await this.#files.remove(previousLoginPath(this.state, host));
    return (await this.#files.remove(loginPath(this.state, host))) || hadPrevious;
  };

  readonly removeAuthorization = (key: string): Promise<boolean> =>
    this.#files.remove(authorizationPath(this.state, key));

  /** Hosts with a file of an explicit login or logout, sorted. */
  readonly loginHosts = async (): Promise<readonly string[]> =>
    withoutSuffix(await listFolder(`${this.state}/logins`), entrySuffix).toSorted();

  /** Hosts with a token file or a login, sorted, without duplicates. */
  readonly hosts = async (): Promise<readonly string[]> => {
    const [tokens, logins] = await Promise.all([
      listFolder(`${this.state}/tokens`),
      listFolder(`${this.state}/logins`),
    ]);
    const hosts = [
      ...withoutSuffix(tokens, entrySuffix),
      ...withoutSuffix(logins, entrySuffix),
      ...withoutSuffix(logins, previousSuffix),
    ];
    return [...new Set(hosts)].sort();
  };

  /**
   * Converts all files to the mode that config.yaml sets: see `convertEncryption`, which is loaded only if it may be
   * necessary. Never fails: an error of the disk is reported with `report`, and the next call tries again.
   */
  readonly convertEncryption = async (wanted: AtRest): Promise<void> => {
    if (this.#files.wanted !== wanted) await this.#key.reload();
    this.#files.wanted = wanted;
    const mark = await readAtRest(this.state);
    if (mark.store === wanted && mark.isSettled) return;
    const { convertEncryption } = await import("./convert.ts");
    let isKeyNeeded: boolean;
    try {
      isKeyNeeded = !(await convertEncryption(this.state, wanted, this.#files, this.report));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.report(`store is now ${wanted}: ${error.oneLine}`);
      return;
    }
    if (wanted === "file" && !isKeyNeeded) await this.forgetKey();
  };

  private async forgetKey(): Promise<void> {
    try {
      await this.#key.forget();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const what = "the key, which is no longer needed, is still in the keychain";
      this.report(`store is now file: ${what}: ${error.message} [${error.code}]`);
    }
  }

  /** For a command that a user runs: a recent failure of the keychain no longer prevents a call. */
  readonly forgetKeychainFailure = (): Promise<void> => this.#key.forgetFailures();

  /** Checks that a token could be stored. @throws Failure KEYCHAIN_… */
  readonly assertCanStore = (): Promise<void> => this.#files.assertCanStore();
}

/** A file that was copied or renamed by hand is not used. */
function forHost<Entry extends { host: string }>(host: string, entry: Entry | undefined): Entry | undefined {
  return entry?.host === host ? entry : undefined;
}

function withoutSuffix(names: readonly string[], suffix: string): string[] {
  return names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
}

async function listFolder(path: string): Promise<readonly string[]> {
  return await readdir(path).catch(() => []);
}

/** The stored tokens, and the clocks that determine their age. */
export interface StoredTokens {
  readonly store: TokenStore;
  readonly files: FastFiles;
  /** Milliseconds since the epoch. */
  now(): number;
}
