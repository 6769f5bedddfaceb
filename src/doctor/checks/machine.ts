import { version } from "../../../package.json";
import { dockerConfigPath } from "../../clients/docker/location.ts";
import { foldersOf } from "../../config/folders.ts";
import { ownProgram } from "../../process/own-program.ts";
import type { AppContext } from "../../provider/context.ts";
import { tokenKeyInMemory } from "../../provider/token-key.ts";
import { openFastFiles } from "../../store/files/open-fast-files.ts";
import { TokenStore } from "../../store/tokens/token-store.ts";
import type { Environment } from "../../token/dependencies.ts";

/** The context of the checks. It writes nothing, not even the log. */
export interface DoctorContext extends AppContext {
  /** The path of this program. */
  readonly program: string;
  /** Whether this program is installed with the native front. */
  readonly hasFront: boolean;
  readonly version: string;
  /** The path of Docker's config.json; undefined without a home folder and DOCKER_CONFIG. */
  readonly dockerConfig: string | undefined;
  /** The home folder; undefined if there is none. */
  readonly ownHome: string | undefined;
}

export async function createDoctorContext(
  env: Environment,
  home: string | undefined,
): Promise<DoctorContext> {
  const files = await openFastFiles();
  const folders = foldersOf(env, home, files);
  const now = Date.now;
  const own = ownProgram();
  const ignore = () => {};
  return {
    files,
    env,
    home: home ?? "",
    folders,
    store: new TokenStore(folders.state, ignore, { key: tokenKeyInMemory(files, env), isReadOnly: true }),
    now,
    log: ignore,
    program: own.path,
    hasFront: own.hasFront,
    version,
    dockerConfig: dockerConfigPath(env, home),
    ownHome: home,
  };
}
