import type { Environment } from "../token/dependencies.ts";

/** Where this program keeps its files. */
export interface Folders {
  /** Tokens, locks, the log: 0700. */
  readonly state: string;
  readonly configFile: string;
}

const name = "docker-credential-ecr";

/**
 * The folders by the XDG base directory rules, under which a variable that is no absolute path counts as unset.
 *
 * @param home the user's home folder, asked for only where it is needed
 */
export function foldersOf(env: Environment, home: string): Folders {
  return {
    state: `${absolute(env.XDG_STATE_HOME) ?? `${home}/.local/state`}/${name}`,
    configFile: `${absolute(env.XDG_CONFIG_HOME) ?? `${home}/.config`}/${name}/config.yaml`,
  };
}

/** HOME, or where it is unset, as under systemd, the account's own. */
export async function homeOf(env: Environment): Promise<string> {
  if (env.HOME) return env.HOME;
  const { userInfo } = await import("node:os");
  return userInfo().homedir;
}

function absolute(path: string | undefined): string | undefined {
  return path?.startsWith("/") ? path : undefined;
}
