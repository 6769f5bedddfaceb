import { Failure } from "../token/failure.ts";

/** A file or folder on the path of the program. */
export interface Step {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  /** Whether its group can write to it and contains other users than the owner, by its members or an access control list. */
  readonly isShared?: boolean;
}

/** Groups below this one belong to the system: Debian lets its group staff write to /usr/local. */
const firstUserGroup = 1000;

/**
 * Why a program must not run as a service.
 *
 * @param steps the program and all folders above it
 * @param uid the user that the service runs as: the owner of a step, and everyone who can write to it, can decide what
 * runs as that user
 */
export function checkProgram(steps: readonly Step[], uid: number): Failure | undefined {
  for (const { path, uid: owner, gid, mode, isShared = false } of steps) {
    // In a sticky folder, such as /tmp, no user can replace another user's file.
    const byOthers = (mode & 0o002) !== 0 && (mode & 0o1000) === 0;
    const byGroup = (mode & 0o020) !== 0 && gid >= firstUserGroup && gid !== owner;
    const byMore = !byGroup && isShared;
    const problems = [
      ...(owner !== 0 && owner !== uid ? [`belongs to user ${owner}`] : []),
      ...(byOthers ? ["is writable by all users"] : []),
      ...(byGroup ? [`is writable by group ${gid}`] : []),
      ...(byMore ? ["is writable by other users than its owner"] : []),
    ];
    if (problems.length > 0) {
      const what = `other users could replace the program of the service: ${path} ${problems.join(" and ")}`;
      return new Failure("PROGRAM_WRITABLE", what, "install it with 'sudo ./install.sh --prefix /usr/local'");
    }
    if (owner !== uid && uid !== 0 && (mode & 0o011) === 0) {
      const what = `user ${uid} is not allowed to start the program: ${path} denies access`;
      return new Failure("PROGRAM_CLOSED", what, "install it with 'sudo ./install.sh --prefix /usr/local'");
    }
  }
  return undefined;
}

/**
 * Why a service can't use this path; undefined: it can. systemd accepts no quotes and no backslash in a program's path.
 */
export function checkPath(program: string): Failure | undefined {
  if (program.startsWith("/") && !/["'\\\p{Cc}\ufffd]/u.test(program)) return undefined;
  const what = `a service can't run a program with the path ${JSON.stringify(program)}`;
  return new Failure(
    "PROGRAM_PATH",
    what,
    "move it to a path without quotes, backslashes and control characters",
  );
}

/** Whether the program may soon be removed: a build output, or a folder for temporary files. */
export function isTemporaryPath(program: string): boolean {
  return /^\/(?:private\/)?(?:tmp|var\/tmp|dev\/shm|run)\/|\/(?:dist|build|node_modules)\//.test(program);
}
