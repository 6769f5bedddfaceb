import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";

/** Where this program keeps its files. */
export interface Folders {
  /** Tokens, locks, the log: 0700. */
  readonly state: string;
  readonly configFile: string;
}

const name = "docker-credential-ecr";

/** What the place of the folders depends on beside the environment. */
export interface FolderFiles {
  /** The number of the user whose a file is; undefined where there is none, or the system has no owners. */
  owner(path: string): number | undefined;
  read(path: string): { readonly text: string } | undefined;
}

/**
 * The folders of this program, by the XDG base directory rules, under which a variable that is no absolute path counts as unset.
 *
 * @param home the user's home folder; undefined: there is none
 */
export function foldersOf(env: Environment, home: string | undefined, files: FolderFiles): Folders {
  const ownHome = home !== undefined && isForeign(home, files) ? rootsHome(files) : home;
  const stateHome =
    absolute(env.XDG_STATE_HOME) ?? (ownHome === undefined ? undefined : `${ownHome}/.local/state`);
  const configHome = absolute(env.XDG_CONFIG_HOME) ?? (home === undefined ? "/etc" : `${home}/.config`);
  return {
    state: stateHome === undefined ? homelessState() : `${stateHome}/${name}`,
    configFile: `${configHome}/${name}/config.yaml`,
  };
}

/** For users without an account, as containers run under: whoever owns it, only files of this user's count. */
function homelessState(): string {
  return `/tmp/${name}-${process.geteuid?.() ?? "user"}`;
}

/** Root in another user's HOME (`sudo -E`, containers): what it made there would shut that user out of it. */
function isForeign(home: string, { owner }: FolderFiles): boolean {
  return process.geteuid?.() === 0 && (owner(home) ?? 0) !== 0;
}

/** Not by `userInfo`: in Bun that says HOME wherever it is set, whatever it says. */
function rootsHome({ read }: FolderFiles): string | undefined {
  return homeIn(read(accounts)?.text ?? "", 0);
}

const accounts = "/etc/passwd";

function homeIn(text: string, user: number): string | undefined {
  const fields = text.split("\n").map((line) => line.split(":"));
  return absolute(fields.find(([, , number]) => number === String(user))?.[5]);
}

/** HOME, or where it is unset, as under systemd, the account's own; undefined for a user without an account. */
export async function homeOf(env: Environment): Promise<string | undefined> {
  // A relative one, such as "~" where nobody expands it, would put tokens into the folder that Docker runs in.
  const home = absolute(env.HOME);
  if (home !== undefined) return home;
  try {
    const { userInfo } = await import("node:os");
    const account = absolute(userInfo().homedir);
    if (account !== undefined) return account;
    const { readFileSync } = await import("node:fs");
    return homeIn(readFileSync(accounts, "utf8"), process.geteuid?.() ?? -1);
  } catch {
    return undefined;
  }
}

/** @throws Failure NO_HOME */
export function requireHome(home: string | undefined): string {
  if (home !== undefined) return home;
  throw new Failure("NO_HOME", "this user has no home folder", "set HOME, or DOCKER_CONFIG");
}

function absolute(path: string | undefined): string | undefined {
  return path?.startsWith("/") ? path : undefined;
}
