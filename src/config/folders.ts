import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";

/** Where this program keeps its files. */
export interface Folders {
  /** Tokens, locks, the log: 0700. */
  readonly state: string;
  readonly configFile: string;
}

const name = "docker-credential-ecr";

/**
 * The folders of this program, by the XDG base directory rules, under which a variable that is no absolute path counts as unset.
 *
 * @param home the user's home folder; undefined: there is none
 * @throws Failure NO_HOME where it is needed and there is none
 */
export function foldersOf(env: Environment, home: string | undefined): Folders {
  return {
    state: `${absolute(env.XDG_STATE_HOME) ?? `${requireHome(home)}/.local/state`}/${name}`,
    configFile: `${absolute(env.XDG_CONFIG_HOME) ?? `${requireHome(home)}/.config`}/${name}/config.yaml`,
  };
}

/** HOME, or where it is unset, as under systemd, the account's own; undefined for a user without an account. */
export async function homeOf(env: Environment): Promise<string | undefined> {
  if (env.HOME) return env.HOME;
  const { userInfo } = await import("node:os");
  try {
    return userInfo().homedir;
  } catch {
    return undefined;
  }
}

/** @throws Failure NO_HOME */
export function requireHome(home: string | undefined): string {
  if (home !== undefined) return home;
  throw new Failure(
    "NO_HOME",
    "this user has no home folder",
    "set HOME, or XDG_STATE_HOME and XDG_CONFIG_HOME",
  );
}

function absolute(path: string | undefined): string | undefined {
  return path?.startsWith("/") ? path : undefined;
}
