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
 * @param home see `homeOf`
 */
export function foldersOf(env: Environment, home: string | undefined, files: FolderFiles): Folders {
  const ownHome = home !== undefined && isForeign(home, files) ? rootsHome(files) : home;
  const hasHome = ownHome !== undefined && !isRootFolder(ownHome);
  const stateHome = absolute(env.XDG_STATE_HOME) ?? (hasHome ? `${ownHome}/.local/state` : undefined);
  const configHome = absolute(env.XDG_CONFIG_HOME) ?? (home === undefined ? "/etc" : `${home}/.config`);
  return {
    state: stateHome === undefined ? homelessState() : `${stateHome}/${name}`,
    configFile: `${configHome}/${name}/config.yaml`,
  };
}

/** For a user without an account, as in containers. Where the folder is another user's, no file in it counts. */
function homelessState(): string {
  return `/tmp/${name}-${process.geteuid?.() ?? "user"}`;
}

/** Container engines set HOME to "/" for a user without an account, who may write nothing there. */
function isRootFolder(home: string): boolean {
  return home === "" && process.geteuid?.() !== 0;
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

/**
 * HOME, or where that is unset, as under systemd, or empty, the account's own home folder, as Docker and AWS's Go SDK
 * have it. Without a slash at its end: "" is the root folder.
 *
 * @returns undefined for a user without an account
 */
export async function homeOf(env: Environment): Promise<string | undefined> {
  // A relative one, such as an unexpanded "~", would put tokens into the folder that Docker runs in.
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

/** Without slashes at its end. */
function absolute(path: string | undefined): string | undefined {
  if (!path?.startsWith("/")) return undefined;
  let end = path.length;
  while (path[end - 1] === "/") end--;
  return path.slice(0, end);
}
