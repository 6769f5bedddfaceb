import type { Fallback } from "../config/config.ts";
import type { Folders } from "../config/folders.ts";
import { readConfig } from "../config/read.ts";
import { unreachableLogins } from "../config/state-reach.ts";
import { limitWithin } from "../limits/time-left.ts";
import { ownProgram } from "../process/own-program.ts";
import { noOtherLogins, type OtherLogins } from "../protocol/other-logins.ts";
import { LoginMissing } from "../protocol/reply.ts";
import { appendLog } from "../store/files/log.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { isForeignStore } from "./foreign-store.ts";

/** Milliseconds for one request to a keychain or another helper. */
const longestRequest = 18_000;
/** Milliseconds from the end of the last request to that of the `get`. */
const reserve = 250;

interface Options {
  readonly env: Environment;
  readonly folders: Folders;
  /** Milliseconds for one request that begins now. */
  limit(): number;
  log(line: string): void;
}

/**
 * Logins to hosts outside ECR, in the store that config.yaml chooses. The file is read once, since the object serves one
 * command or request, and an import may have a thousand of them.
 *
 * @param until when a `get` must end, in milliseconds of `performance.now`
 */
export function otherLogins(
  env: Environment,
  folders: Folders,
  now: () => number,
  until = Number.POSITIVE_INFINITY,
): OtherLogins {
  const log = (line: string) => appendLog(folders.state, now(), line);
  const limit = () => limitWithin(longestRequest, until - performance.now() - reserve);
  const options: Options = { env, folders, limit, log };
  const config = async () => {
    const read = await readConfig(folders);
    if (read.notRead) log(read.notRead.oneLine);
    return read;
  };
  const open = async () => await openStore((await config()).fallback, options);
  let opened: Promise<OtherLogins> | undefined;
  const chosenStore = () => {
    opened ??= open();
    return opened;
  };

  /** A login stays readable while config.yaml can't be used. */
  async function loginsIgnoringConfig(): Promise<Pick<OtherLogins, "get" | "servers" | "list">> {
    try {
      return await chosenStore();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log(`logins to other hosts are read from the keychain and from encrypted files: ${error.oneLine}`);
      const keychain = await openStore({ kind: "keychain" }, options);
      const file = await openStore({ kind: "file" }, options);
      return {
        get: async (server) => (await keychain.get(server)) ?? file.get(server),
        servers: async () => [...new Set([...(await keychain.servers()), ...(await file.servers())])],
        list: async () => ({ ...(await file.list()), ...(await keychain.list()) }),
      };
    }
  }

  return {
    get: async (server) => (await loginsIgnoringConfig()).get(server),
    servers: async () => (await loginsIgnoringConfig()).servers(),
    list: async () => (await loginsIgnoringConfig()).list(),
    store: async (server, login) => (await chosenStore()).store(server, login),
    erase: async (server) => (await chosenStore()).erase(server),
  };
}

/** Only the chosen store is loaded. */
async function openStore(fallback: Fallback, options: Options): Promise<OtherLogins> {
  switch (fallback.kind) {
    case "none":
      return noOtherLogins;
    case "file":
      return reachable(
        new (await import("./encrypted-file.ts")).FileLogins(options.folders.state, options.log),
        options,
        "sealed",
      );
    case "keychain":
      return reachable(await keychainLogins(options), options, "keychain");
    case "helper":
      return helperLogins(fallback.name, options);
  }
}

/**
 * Logins of the state folder: while it can't be reached, none counts as absent. If it is another user's, it has none.
 *
 * @param folder of the logins, or of the marks of those in the keychain
 */
function reachable(
  logins: OtherLogins,
  { folders: { state } }: Options,
  folder: "keychain" | "sealed",
): OtherLogins {
  const isForeign = () => isForeignStore(`${state}/${folder}`);
  return {
    store: logins.store,
    servers: async () => ((await isForeign()) ? [] : logins.servers()),
    list: async () => ((await isForeign()) ? {} : logins.list()),
    get: async (server) => {
      if (await isForeign()) return undefined;
      const login = await logins.get(server);
      const failure = login ? undefined : await unreachableLogins(state, folder);
      // The client can continue anonymously.
      if (failure) throw new LoginMissing(failure, false);
      return login;
    },
    erase: async (server) => {
      if (await isForeign()) return;
      const failure = await unreachableLogins(state, folder);
      if (failure) throw failure;
      await logins.erase(server);
    },
  };
}

async function keychainLogins({ env, folders, limit }: Options): Promise<OtherLogins> {
  const { KeychainLogins } = await import("./keychain.ts");
  const { KeychainProcess } = await import("../store/keychain/process.ts");
  const { state, configFile } = folders;
  const keychain = new KeychainProcess({ command: [process.execPath], env, state, limit: limit() });
  const inConfig = `write "fallback: pass" (any docker-credential-NAME) or "fallback: file" (encrypted files) into ${configFile}`;
  const alternatives = `start and unlock one, or ${inConfig}, or give Docker this helper for single ECR hosts by credHelpers instead of credsStore`;
  return new KeychainLogins(state, keychain, alternatives);
}

async function helperLogins(name: string, { env, limit }: Options): Promise<OtherLogins> {
  const { runOtherHelper, findOtherHelper } = await import("./run-helper.ts");
  const { delegate } = await import("./delegate.ts");
  const options = { env, self: ownProgram().path, limit: limit() };
  const run = async (action: string, input: string) =>
    runOtherHelper(findOtherHelper(name, options), action, input, options);
  return delegate(run, `docker-credential-${name}`);
}
