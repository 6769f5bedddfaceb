import { userInfo } from "node:os";
import type { Account } from "../service/service.ts";
import { Failure } from "../token/failure.ts";
import type { RunProgram } from "./child-program.ts";

/** Who runs this process. @throws Failure NO_ACCOUNT */
export function ownAccount(): Account {
  try {
    const { username, uid, homedir } = userInfo();
    return { name: username, uid, home: homedir };
  } catch (cause) {
    const what = `user ${process.geteuid?.()} has no account`;
    throw new Failure("NO_ACCOUNT", what, "run this as a user that the system knows", { cause });
  }
}

/** What systemd takes for a name, and what is no option of another program. */
export const isAccountName = (name: string): boolean => /^[a-z_][\w.-]{0,255}\$?$/i.test(name);

/**
 * An account by its name, local or of a directory service.
 *
 * @throws Failure UNKNOWN_USER, USER_HOME
 */
export async function accountNamed(name: string, run: RunProgram, platform: string): Promise<Account> {
  const unknown = new Failure(
    "UNKNOWN_USER",
    `there is no user ${JSON.stringify(name)}`,
    "name one with --user",
  );
  if (!isAccountName(name)) throw unknown;
  const [program, args] = platform === "darwin" ? ["id", ["-P", name]] : ["getent", ["passwd", name]];
  const { stdout, exitCode } = await run(program as string, args as string[]);
  const fields = stdout.split("\n")[0]?.split(":") ?? [];
  if (exitCode !== 0 || fields[0] !== name) throw unknown;
  // id -P has class, change and expire in front of the full name.
  const home = fields[platform === "darwin" ? 8 : 5] ?? "";
  if (!home.startsWith("/") || home === "/nonexistent") {
    const mend = "name another user, or give this one a home folder";
    throw new Failure("USER_HOME", `user ${name} has no home folder, where tokens are kept`, mend);
  }
  return { name, uid: Number(fields[2]), home };
}
