import { readdir } from "node:fs/promises";
import { Failure } from "../token/failure.ts";

/**
 * The names of the JSON files of a folder, without the extension. A folder that does not exist has none.
 *
 * @throws Failure LOGIN_UNREADABLE
 */
export async function storedNames(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: { code?: string }): string[] => {
    if (error.code === "ENOENT") return [];
    const what = `the stored logins in ${folder} can't be read (${error.code ?? "unknown error"})`;
    const fix = `make it a folder of this user with mode 0700; if its logins may be lost, remove it`;
    throw new Failure("LOGIN_UNREADABLE", what, fix, { cause: error });
  });
  return names.flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -".json".length)] : [])).sort();
}
