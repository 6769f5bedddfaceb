import { constants, type Stats } from "node:fs";
import { access, lstat, readdir, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { type BarredFolder, barredFolder } from "../../ownership/barred-folder.ts";
import { foreignOwnedParent } from "../../store/files/folder.ts";
import type { MachineDiagnostic } from "./diagnostic.ts";
import { type Finding, failed, ok } from "./finding.ts";

/** Whether the state folder and its folders belong to this user, and no other user can enter them. */
export const stateFolder: MachineDiagnostic = {
  name: "state",
  scope: "machine",
  look: async ({ folders: { state } }) => {
    const finding = await checkStateFolder(state);
    if (finding.status === "failed") return finding;
    return ok((await inspect(state)) === "absent" ? `${state}, not created yet` : state);
  },
};

/** Whether the state folder and its folders can be used, or created. */
export async function checkStateFolder(state: string): Promise<Finding> {
  const barred = await barredFolder(state);
  if (barred) return noAccess(barred);
  const owner = foreignOwnedParent(state);
  if (owner !== undefined) return foreignParent(state, owner);
  for (const path of [state, ...(await foldersIn(state))]) {
    const finding = judgeFolder(path, await inspect(path), process.geteuid?.());
    if (finding.status === "failed") return finding;
  }
  return ok(state);
}

type Folder = "absent" | "unreadable" | (Pick<Stats, "mode" | "uid"> & { readonly isFolder: boolean });

/** @param user undefined on systems without users of this kind */
export function judgeFolder(path: string, found: Folder, user: number | undefined): Finding {
  const elsewhere = "or set XDG_STATE_HOME to a folder of this user's";
  if (found === "absent") return ok("not created yet");
  if (found === "unreadable") {
    return failed(
      "STATE_FOLDER",
      `${path} can't be inspected`,
      `see 'ls -ld ${dirname(path)}', ${elsewhere}`,
    );
  }
  if (!found.isFolder) {
    return failed("STATE_FOLDER", `${path} is not a folder`, `rename or remove it, ${elsewhere}`);
  }
  if (user !== undefined && found.uid !== user) {
    const what = `${path} belongs to user ${found.uid}, not to this user (${user}), so no token is stored`;
    return failed("STATE_FOLDER", what, `chown -R ${user} ${path}, ${elsewhere}`);
  }
  if (user !== undefined && (found.mode & 0o077) !== 0) {
    const mode = (found.mode & 0o777).toString(8).padStart(4, "0");
    return failed("STATE_FOLDER", `other users can enter ${path} (mode ${mode})`, `chmod 700 ${path}`);
  }
  return ok(path);
}

function noAccess({ folder, code }: BarredFolder): Finding {
  const what = `this user can't enter ${folder} (${code}), so no token is stored`;
  const fix = `see 'ls -ld ${folder}', or set HOME or XDG_STATE_HOME to a folder of this user's`;
  return failed("STATE_FOLDER", what, fix);
}

function foreignParent(state: string, owner: number): Finding {
  const what = `${state} would be created by root in a folder of user ${owner}, who could not use it then; nothing is stored`;
  return failed("STATE_FOLDER", what, "set XDG_STATE_HOME to a folder of root's, or use 'sudo -H'");
}

async function foldersIn(state: string): Promise<readonly string[]> {
  const found = await readdir(state, { withFileTypes: true }).catch(() => []);
  return found.filter((each) => !each.isFile()).map(({ name }) => `${state}/${name}`);
}

async function inspect(path: string): Promise<Folder> {
  try {
    const found = await lstat(path);
    return { mode: found.mode, uid: found.uid, isFolder: found.isDirectory() };
  } catch (error) {
    const { code } = error as { code?: string };
    return code === "ENOENT" ? "absent" : "unreadable";
  }
}

/** Bytes: enough for a hundred tokens. */
const neededBytes = 1024 * 1024;

/** Whether there is space for tokens, as reported by the system: nothing is written. */
export const disk: MachineDiagnostic = {
  name: "disk",
  scope: "machine",
  needs: ["state"],
  look: async ({ folders: { state } }) => {
    const path = await existing(state);
    const { bavail, bsize, files, ffree } = await statfs(path);
    const refusal = await access(path, constants.W_OK).then(
      () => undefined,
      (error: { code?: string }) => error.code ?? "unknown error",
    );
    return judgeDisk({ path, free: bavail * bsize, isOutOfFiles: files > 0 && ffree === 0, refusal });
  },
};

interface DiskSpace {
  readonly path: string;
  /** Bytes for this user. */
  readonly free: number;
  readonly isOutOfFiles: boolean;
  /** The system's error code, if the folder can't be written. */
  readonly refusal: string | undefined;
}

export function judgeDisk({ path, free, isOutOfFiles, refusal }: DiskSpace): Finding {
  const elsewhere = "or set XDG_STATE_HOME to another";
  if (refusal === "EROFS") {
    return failed("DISK_READ_ONLY", `the disk of ${path} is read-only`, `mount it writable, ${elsewhere}`);
  }
  if (refusal !== undefined) {
    return failed(
      "DISK_REFUSED",
      `this user can't write to ${path} (${refusal}), so no token is stored`,
      `see 'ls -ld ${path}', or set HOME or XDG_STATE_HOME to a folder of this user's`,
    );
  }
  if (isOutOfFiles) {
    return failed("DISK_FULL", `the disk of ${path} has no free inodes`, `delete files, ${elsewhere}`);
  }
  const kib = Math.floor(free / 1024);
  if (free < neededBytes) {
    return failed(
      "DISK_FULL",
      `the disk of ${path} is full: ${kib} KiB are left`,
      `free some space, ${elsewhere}`,
    );
  }
  const mib = Math.floor(kib / 1024);
  return ok(mib < 10_240 ? `${mib} MiB free` : `${Math.floor(mib / 1024)} GiB free`);
}

/** The folder, or the existing folder in which it would be created. */
async function existing(path: string): Promise<string> {
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  return isThere || path === "/" ? path : existing(dirname(path));
}
