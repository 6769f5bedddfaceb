import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";

/** Where config.yaml is. */
export interface ConfigPlace {
  readonly configFile: string;
  /** The home folder that it is below by default; absent: another place is set, or there is no home folder. */
  readonly homeOfConfig?: string;
}

/** The folders of this program's files. */
export interface Folders extends ConfigPlace {
  /** Tokens, locks and the log. Mode 0700. */
  readonly state: string;
}

const name = "docker-credential-ecr";

/** The files that determine the folders, in addition to the environment. */
export interface FolderFiles {
  /** The user ID of a file's owner; undefined if there is no file, or the system has no owners. */
  owner(path: string): number | undefined;
  read(path: string): { readonly text: string } | undefined;
}

/**
 * The folders of this program by the XDG base directory specification: a variable that is not an absolute path is ignored.
 *
 * @param home see `homeOf`
 */
export function foldersOf(env: Environment, home: string | undefined, files: FolderFiles): Folders {
  const ownHome = home !== undefined && belongsToOtherUser(home, files) ? rootsHome(files) : home;
  const hasHome = ownHome !== undefined && !isRootFolder(ownHome);
  const stateHome = absolute(env.XDG_STATE_HOME) ?? (hasHome ? `${ownHome}/.local/state` : undefined);
  const givenConfigHome = absolute(env.XDG_CONFIG_HOME);
  const configHome = givenConfigHome ?? (home === undefined ? "/etc" : `${home}/.config`);
  return {
    state: stateHome === undefined ? stateWithoutHome() : `${stateHome}/${name}`,
    configFile: `${configHome}/${name}/config.yaml`,
    ...(givenConfigHome === undefined && home !== undefined && { homeOfConfig: home }),
  };
}

/** For a user without an account, as in containers. If the folder belongs to another user, no file in it is used. */
function stateWithoutHome(): string {
  return `/tmp/${name}-${process.geteuid?.() ?? "user"}`;
}

/** Container engines set HOME to "/" for a user without an account, who can't write there. */
function isRootFolder(home: string): boolean {
  return home === "" && process.geteuid?.() !== 0;
}

/** Root with another user's HOME (`sudo -E`, containers): folders that root creates there would lock that user out. */
function belongsToOtherUser(home: string, { owner }: FolderFiles): boolean {
  return process.geteuid?.() === 0 && (owner(home) ?? 0) !== 0;
}

/** From /etc/passwd, because Bun's `userInfo` returns HOME if it is set. */
function rootsHome({ read }: FolderFiles): string | undefined {
  return homeIn(read(accounts)?.text ?? "", 0);
}

const accounts = "/etc/passwd";

function homeIn(text: string, user: number): string | undefined {
  const fields = text.split("\n").map((line) => line.split(":"));
  return absolute(fields.find(([, , number]) => number === String(user))?.[5]);
}

/**
 * HOME; if it is empty or unset, as under systemd, the home folder of the account, as in Docker and AWS's Go SDK. Without
 * a slash at the end: "" is the root folder.
 *
 * @returns undefined for a user without an account
 */
export async function homeOf(env: Environment): Promise<string | undefined> {
  // With a relative path, such as an unexpanded "~", tokens would be stored in Docker's working directory.
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

/** The path without slashes at the end; undefined if it is not absolute. */
function absolute(path: string | undefined): string | undefined {
  if (!path?.startsWith("/")) return undefined;
  let end = path.length;
  while (path[end - 1] === "/") end--;
  return path.slice(0, end);
}
