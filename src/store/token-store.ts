import { readdir } from "node:fs/promises";
import {
  type AuthorizationEntry,
  type FailureEntry,
  type LoginEntry,
  type LogoutEntry,
  parseAuthorizationEntry,
  parseFailureEntry,
  parseLoginEntry,
  parseRegistryEntry,
  type RegistryEntry,
} from "../token/entry.ts";
import { authorizationPath, failurePath, loginPath, tokenPath } from "./files.ts";
import { type Inspected, inspectFile } from "./inspect.ts";
import type { ReportFile } from "./told-files.ts";
import { removeAbandoned, removeState, writeState } from "./write.ts";

/**
 * The token files of one state folder. Reading never fails: a file that is corrupt, truncated, foreign or
 * of a newer format is told to `report` and counts as absent; it harms no other. Its functions are fields,
 * so that they can be handed on as ports one by one.
 */
export class TokenStore {
  constructor(
    private readonly state: string,
    private readonly now: () => number,
    private readonly report: ReportFile,
    private readonly inspect: (path: string) => Promise<Inspected> = inspectFile,
  ) {}

  readonly readRegistry = (host: string): Promise<RegistryEntry | undefined> =>
    this.read(tokenPath(this.state, host), (text) => ofHost(host, parseRegistryEntry(text)));

  readonly readLogin = (host: string): Promise<LoginEntry | LogoutEntry | undefined> =>
    this.read(loginPath(this.state, host), (text) => ofHost(host, parseLoginEntry(text)));

  readonly readAuthorization = (key: string): Promise<AuthorizationEntry | undefined> =>
    this.read(authorizationPath(this.state, key), parseAuthorizationEntry);

  readonly readFailure = (key: string): Promise<FailureEntry | undefined> =>
    this.read(failurePath(this.state, key), parseFailureEntry);

  /** @throws Failure STATE_FOLDER, STATE_WRITE, as all that writes or removes here */
  readonly writeRegistry = async (entry: RegistryEntry): Promise<void> => {
    await writeState(this.state, tokenPath(this.state, entry.host), entry);
    await removeAbandoned(this.state, this.now());
  };

  readonly writeLogin = (entry: LoginEntry | LogoutEntry): Promise<void> =>
    writeState(this.state, loginPath(this.state, entry.host), entry);

  readonly writeAuthorization = async (key: string, entry: AuthorizationEntry): Promise<void> => {
    await writeState(this.state, authorizationPath(this.state, key), entry);
    await removeState(failurePath(this.state, key));
  };

  readonly writeFailure = (key: string, entry: FailureEntry): Promise<void> =>
    writeState(this.state, failurePath(this.state, key), entry);

  readonly removeRegistry = (host: string): Promise<boolean> => removeState(tokenPath(this.state, host));

  readonly removeLogin = (host: string): Promise<boolean> => removeState(loginPath(this.state, host));

  readonly removeAuthorization = (key: string): Promise<boolean> =>
    removeState(authorizationPath(this.state, key));

  /** Hosts with a token file or a login, sorted, each once. */
  readonly hosts = async (): Promise<readonly string[]> => {
    const names = await Promise.all(
      ["tokens", "logins"].map((folder) => listFolder(`${this.state}/${folder}`)),
    );
    const hosts = names
      .flat()
      .flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -".json".length)] : []));
    return [...new Set(hosts)].sort();
  };

  private async read<Entry>(
    path: string,
    parse: (text: string) => Entry | undefined,
  ): Promise<Entry | undefined> {
    const found = await this.inspect(path);
    if (found.kind === "absent") return undefined;
    if (found.kind === "refused") {
      this.report(`STATE_FILE ${path} was left aside: ${found.why}`, path);
      return undefined;
    }
    const entry = parse(found.text);
    if (entry === undefined) {
      this.report(`STATE_FILE ${path} was left aside: not a file that this version writes`, path);
    }
    return entry;
  }
}

/** A file copied or renamed by hand opens nothing. */
function ofHost<Entry extends { host: string }>(host: string, entry: Entry | undefined): Entry | undefined {
  return entry?.host === host ? entry : undefined;
}

async function listFolder(path: string): Promise<readonly string[]> {
  return await readdir(path).catch(() => []);
}
