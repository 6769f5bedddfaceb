import { loginsIn } from "../clients/docker/logins.ts";
import { readClientFile } from "../clients/files/client-file.ts";
import type { OtherLogins } from "../protocol/other-logins.ts";
import { Failure } from "../token/failure.ts";
import { foreignName } from "../token/foreign-text.ts";
import { printable } from "../token/printable.ts";
import { isSame } from "./import-logins.ts";
import { recordsIn } from "./undo-record.ts";

/**
 * `--undo` replaces no login in a file by the stored one, which Docker has used.
 *
 * @param stored the servers of all stored logins
 * @throws Failure LOGINS_KEPT if the two differ, and CLIENT_FILE
 */
export async function assertNoOtherLogin(
  state: string,
  stored: readonly string[],
  store: Pick<OtherLogins, "get">,
): Promise<void> {
  for (const { path, imported = [] } of await recordsIn(`${state}/clients`)) {
    const relevant = imported.filter(({ server }) => stored.includes(server));
    if (relevant.length === 0) continue;
    const inFile = loginsIn((await readClientFile(path))?.toString("utf8") ?? "");
    for (const { key, server } of relevant) {
      const found = inFile.find((each) => each.key === key);
      const login = found && (await store.get(server));
      if (login && !(found.kind === "login" && isSame(found.login, login)))
        throw otherLogin(server, key, path);
    }
  }
}

function otherLogin(server: string, key: string, path: string): Failure {
  const what = `the login to ${foreignName(server)} is stored only in this program's encrypted files: ${printable(path)} has another one`;
  const fix = `remove ${foreignName(key)} from its auths, or the stored login with 'echo HOST | docker-credential-ecr erase'`;
  return new Failure("LOGINS_KEPT", what, fix);
}
