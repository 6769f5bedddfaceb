import { isForeignFolder } from "../ownership/foreign-folder.ts";
import { describeObstacle, obstacleOn } from "../ownership/path-obstacle.ts";
import { Failure } from "../token/failure.ts";
import { printable } from "../token/printable.ts";

/**
 * Why the logins in a folder of the state folder of this user can't be read, so that none of them may count as absent.
 * Undefined if they can, if there are none, for example because a file has its place, or if it is in another user's folder.
 */
export async function unreachableLogins(
  state: string,
  folder: "logins" | "keychain" | "sealed",
): Promise<Failure | undefined> {
  // The name of no login: whether the folder can be entered shows only below it.
  const obstacle = await obstacleOn(`${state}/${folder}/login`);
  if (obstacle.kind === "none" || obstacle.kind === "exists" || obstacle.kind === "file") return undefined;
  if ((obstacle.kind === "barred" && !obstacle.isOwn) || (await isForeignFolder(state))) return undefined;
  const { why, fix } = describeObstacle(obstacle, state);
  const look = `see 'ls -ld ${printable(state)}', or set XDG_STATE_HOME to a folder of this user`;
  return new Failure(
    "STATE_FOLDER",
    `the stored logins are unknown: ${printable(state)} ${why}`,
    fix ?? look,
  );
}
