import { userInfo } from "node:os";
import type { RunProgram } from "../process/run-program.ts";
import { Failure } from "../token/failure.ts";
import type { Account } from "./service.ts";

/**
 * The account with a user ID, whatever $USER and $HOME are, which Bun's `userInfo` repeats.
 *
 * @throws Failure NO_ACCOUNT
 */
export async function accountOf(uid: number, run: RunProgram, platform: string): Promise<Account> {
  const found = await lookUp(String(uid), run, platform);
  const account = found === "no-program" ? accountOfRuntime() : found;
  if (account?.uid === uid) return account;
  throw new Failure("NO_ACCOUNT", `user ${uid} has no account`, "run this as a user that the system knows");
}

/** A name that systemd accepts and that no program treats as an option. */
export const isAccountName = (name: string): boolean => /^[a-z_][\w.-]{0,255}\$?$/i.test(name);

/**
 * An account by its name, local or from a directory service.
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
  const account = await lookUp(name, run, platform);
  if (account === "no-program" || account?.name !== name) throw unknown;
  const { home } = account;
  if (!home.startsWith("/") || home === "/nonexistent") {
    const fix = "name another user, or give this one a home folder";
    throw new Failure("USER_HOME", `user ${name} has no home folder, in which tokens are stored`, fix);
  }
  return account;
}

/** @param key a name or a number */
async function lookUp(
  key: string,
  run: RunProgram,
  platform: string,
): Promise<Account | "no-program" | undefined> {
  const [program, args] = platform === "darwin" ? ["id", ["-P", key]] : ["getent", ["passwd", key]];
  const { stdout, exitCode, isMissing } = await run(program as string, args as string[]);
  if (isMissing) return "no-program";
  const fields = stdout.split("\n")[0]?.split(":") ?? [];
  if (exitCode !== 0) return undefined;
  // id -P prints class, change and expire before the full name.
  return { name: fields[0] ?? "", uid: Number(fields[2]), home: fields[platform === "darwin" ? 8 : 5] ?? "" };
}

function accountOfRuntime(): Account | undefined {
  try {
    const { username, uid, homedir } = userInfo();
    return { name: username, uid, home: homedir };
  } catch {
    return undefined;
  }
}
