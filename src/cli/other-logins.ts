import { endTree } from "../aws/end-tree.ts";
import { askOtherHelper, findOtherHelper, type OtherHelperOptions } from "../clients/other-helper.ts";
import { emptyConfig, type Fallback } from "../config/config.ts";
import { readConfig } from "../config/read.ts";
import { handedOn } from "../helper/handed-on.ts";
import { noOtherLogins, type OtherLogins } from "../helper/other-logins.ts";
import { FileLogins } from "../store/file-logins.ts";
import { KeychainLogins } from "../store/keychain-logins.ts";
import { KeychainProcess } from "../store/keychain-process.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";

/** Milliseconds for one question to a keychain or another helper: a `get` ends within 20 seconds. */
const limit = 18_000;

export interface OtherLoginsOptions {
  readonly env: Environment;
  readonly state: string;
  readonly configFile: string;
  log(line: string): void;
}

/** Logins to hosts that are not ECR's, wherever config.yaml has them kept. */
export function otherLogins(options: OtherLoginsOptions): OtherLogins {
  const kept = async () => keptBy((await readConfig(options.configFile)).fallback, options);

  /** A broken config.yaml takes no login away that is kept where logins are kept without one. */
  async function keptDespiteConfig(): Promise<OtherLogins> {
    try {
      return await kept();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      options.log(`logins are looked for in the keychain, since the config can't be used: ${error.oneLine}`);
      return keptBy(emptyConfig.fallback, options);
    }
  }

  return {
    get: async (server) => (await keptDespiteConfig()).get(server),
    list: async () => (await keptDespiteConfig()).list(),
    store: async (server, login) => (await kept()).store(server, login),
    erase: async (server) => (await kept()).erase(server),
  };
}

function keptBy(fallback: Fallback, { env, state, configFile, log }: OtherLoginsOptions): OtherLogins {
  switch (fallback.kind) {
    case "none":
      return noOtherLogins;
    case "file":
      return new FileLogins(state, log);
    case "keychain": {
      const keychain = new KeychainProcess({ command: [process.execPath], env, state, limit });
      return new KeychainLogins(state, keychain, waysOut(configFile));
    }
    case "helper": {
      const helper: OtherHelperOptions = { env, self: process.execPath, limit, endTree };
      const ask = async (action: string, input: string) =>
        askOtherHelper(findOtherHelper(fallback.name, helper), action, input, helper);
      return handedOn(ask, `docker-credential-${fallback.name}`);
    }
  }
}

function waysOut(configFile: string): string {
  const inConfig = `write "fallback: pass" (any docker-credential-NAME) or "fallback: file" (encrypted files) into ${configFile}`;
  return `start and unlock one, or ${inConfig}, or give Docker this helper for single ECR hosts by credHelpers in the place of credsStore`;
}
