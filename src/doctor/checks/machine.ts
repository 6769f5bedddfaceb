import { version } from "../../../package.json";
import { dockerConfigPath } from "../../clients/docker/location.ts";
import { foldersOf } from "../../config/folders.ts";
import { ownProgram } from "../../process/own-program.ts";
import type { AppContext } from "../../provider/context.ts";
import { lyingTokenKey } from "../../provider/token-key.ts";
import { openFastFiles } from "../../store/files/open-fast-files.ts";
import { TokenStore } from "../../store/tokens/token-store.ts";
import type { Environment } from "../../token/dependencies.ts";

/** The machine as this program finds it. Nothing here writes, not even the log. */
export interface Machine extends AppContext {
  /** The file of this program. */
  readonly program: string;
  /** Whether that is the native front. */
  readonly hasFront: boolean;
  readonly version: string;
  /** Docker's config.json; undefined for a user without a home folder who names none. */
  readonly dockerConfig: string | undefined;
  /** The home folder itself, where there is one. */
  readonly ownHome: string | undefined;
}

export async function openMachine(env: Environment, home: string | undefined): Promise<Machine> {
  const files = await openFastFiles();
  const folders = foldersOf(env, home, files);
  const now = Date.now;
  const own = ownProgram();
  const silently = () => {};
  return {
    files,
    env,
    home: home ?? "",
    folders,
    store: new TokenStore(folders.state, silently, { key: lyingTokenKey(files, env), isReadOnly: true }),
    now,
    log: silently,
    program: own.path,
    hasFront: own.hasFront,
    version,
    dockerConfig: dockerConfigPath(env, home),
    ownHome: home,
  };
}
