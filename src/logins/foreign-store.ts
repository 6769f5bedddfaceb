import { dirname } from "node:path";
import { isForeignFolder } from "../ownership/foreign-folder.ts";

/**
 * Whether a folder of the state folder, or the state folder itself, is another user's, as in /tmp: then it has no login
 * of this user.
 *
 * @param folder where the logins, or the marks of those in the keychain, are stored
 */
export async function isForeignStore(folder: string): Promise<boolean> {
  return (await isForeignFolder(dirname(folder))) || (await isForeignFolder(folder));
}
