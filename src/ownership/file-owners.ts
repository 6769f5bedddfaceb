import { readFileSync, type Stats } from "node:fs";

/** The metadata that decide whether another user can change a file or folder. */
type Rights = Pick<Stats, "uid" | "gid" | "mode">;

/** The user ID that a user namespace shows for every user that it does not map, including root. */
const overflowUser = 65_534;

/** Users, besides this one, whose folders and links on the path of a file are safe. */
export function trustedOwners(): readonly number[] {
  return isInUserNamespace() ? [0, overflowUser] : [0];
}

/**
 * Whether a user other than the owner and root may write.
 *
 * @param hasAccessList whether other users' rights are in an access control list; called only if the mode does not decide
 * @param groups the text of /etc/group; by default it is read if it decides
 * @param accounts the text of /etc/passwd, likewise
 */
export function isOpenToOthers(
  { uid, gid, mode }: Rights,
  hasAccessList: () => boolean,
  groups?: string,
  accounts?: string,
): boolean {
  // Windows has no modes of this kind.
  if (process.geteuid === undefined) return false;
  if ((mode & 0o002) !== 0) return true;
  if ((mode & 0o020) === 0) return false;
  const isPrivate =
    uid === gid && isPrivateGroup(groups ?? readText("/etc/group"), accounts ?? readText("/etc/passwd"), gid);
  return !isPrivate || hasAccessList();
}

/**
 * Whether a group has only one user, as the group that most Linux distributions create for each account: then folders of
 * mode 0775 are as safe as those of mode 0755. That user is the one with the same number.
 *
 * @param groups the text of /etc/group
 * @param accounts the text of /etc/passwd, which has the primary group of each account
 */
export function isPrivateGroup(groups: string, accounts: string, gid: number): boolean {
  if (gid === 0) return false;
  const isPrimaryOfAnother = accounts
    .split("\n")
    .map((line) => line.split(":"))
    .some(([, , uid, primary]) => primary === String(gid) && uid !== primary);
  if (isPrimaryOfAnother) return false;
  const entries = groups.split("\n").map((line) => line.split(":"));
  const [group, ...more] = entries.filter(([, , number]) => number === String(gid));
  if (!group || more.length > 0) return false;
  const [name = "", , , members = ""] = group;
  return members.split(",").every((member) => member.trim() === "" || member.trim() === name);
}

/** @param map the text of /proc/self/uid_map; empty if there is none */
export function mapsAllUsers(map: string): boolean {
  const [inside, outside, count] = map.trim().split(/\s+/);
  return map.trim() === "" || (inside === "0" && outside === "0" && count === "4294967295");
}

function isInUserNamespace(): boolean {
  return !mapsAllUsers(readText("/proc/self/uid_map"));
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
