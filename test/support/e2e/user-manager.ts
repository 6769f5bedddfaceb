import {
  appendFileSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type Result, type RunOptions, run } from "./command.ts";
import { type Service, startService } from "./service.ts";

/** A user that exists only in the namespace. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
  /** Writes a file below the user's home, with the user as owner. @returns its path */
  write(path: string, text: string): string;
}

/** A user with a systemd user manager. */
export interface ManagedUser extends Account {
  /** A copy of this program that all users can start. */
  readonly program: string;
  run(command: readonly string[], env?: Readonly<Record<string, string>>): Promise<Result>;
  stop(): void;
}

/** Programs check this folder to detect systemd: sd_booted(3). Clients of other tests must not see it. */
const booted = "/run/systemd/system";
const prefix = "/run/ecr";
const program = `${prefix}/bin/docker-credential-ecr`;

/** @param uid 0: root, with another home; otherwise an unused user id */
export function newAccount(name: string, uid: number): Account {
  const home = `/run/home-${name}`;
  mkdirSync(home, { mode: 0o700 });
  chownSync(home, uid, uid);
  if (uid !== 0) appendFileSync("/etc/passwd", `${name}:x:${uid}:${uid}::${home}:/bin/sh\n`);
  return {
    name,
    uid,
    home,
    write(below, text) {
      const file = join(home, below);
      let at = home;
      for (const part of below.split("/").slice(0, -1)) {
        at = join(at, part);
        if (!existsSync(at)) mkdirSync(at, { mode: 0o700 });
        chownSync(at, uid, uid);
      }
      writeFileSync(file, text, { mode: 0o600 });
      chownSync(file, uid, uid);
      return file;
    },
  };
}

/**
 * A real systemd as the manager of a user's services. It needs no system manager; the namespace of the end-to-end tests
 * isolates it from the machine.
 *
 * @param account for root: the manager may run services of other users
 * @param helper the compiled program
 */
export async function startUserManager(account: Account, helper: string): Promise<ManagedUser> {
  const { name, uid, home } = account;
  const { E2E_FOLDER: folder = "", E2E_CGROUP: cgroup = "" } = process.env;
  const runtime = `/run/user/${uid}`;
  mkdirSync("/run/user", { recursive: true });
  mkdirSync(runtime, { mode: 0o700 });
  chownSync(runtime, uid, uid);
  mkdirSync(booted, { recursive: true });
  // A running program can't be overwritten.
  const built = dirname(dirname(realpathSync(helper)));
  for (const part of ["bin", "lib"].filter((each) => existsSync(join(built, each)))) {
    cpSync(join(built, part), `${prefix}.new/${part}`, { recursive: true });
  }
  rmSync(prefix, { recursive: true, force: true });
  renameSync(`${prefix}.new`, prefix);

  const path = "/usr/sbin:/usr/bin:/sbin:/bin";
  const env = { PATH: path, HOME: home, XDG_RUNTIME_DIR: runtime };
  const groups = ownCgroups(`${cgroup}/${name}`, uid);
  const enter = groups.map((each) => `echo $$ >${each}/cgroup.procs`).join("\n");
  const as = ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
  const manager = join(folder, `${name}-manager.sh`);
  // Its basic.target is almost empty.
  writeFileSync(
    manager,
    `${enter}\nexec ${as.join(" ")} /usr/lib/systemd/systemd --user --unit=basic.target\n`,
  );
  const inHome: RunOptions = { env, cwd: "/" };
  const systemctl = ["systemctl", "--user", "is-system-running", "--wait"];
  const service: Service = await startService(`systemd-${name}`, ["sh", manager], {
    folder,
    env,
    isReady: async () => /running|degraded/.test((await run([...as, ...systemctl], inHome)).stdout),
  });
  return {
    ...account,
    program,
    run: (command, more = {}) => run([...as, ...command], { ...inHome, env: { ...env, ...more } }),
    stop() {
      service.stop();
      rmSync(booted, { recursive: true, force: true });
    },
  };
}

/** Control groups that belong to the user, in each hierarchy that systemd uses: one, or two with version 1. */
function ownCgroups(name: string, uid: number): string[] {
  const base = "/sys/fs/cgroup";
  const hierarchies = existsSync(`${base}/cgroup.procs`) ? [base] : [`${base}/systemd`, `${base}/unified`];
  return hierarchies.filter(existsSync).map((hierarchy) => {
    const group = join(hierarchy, name);
    mkdirSync(group, { recursive: true });
    for (const each of ["", ...readdirSync(group)]) chownSync(join(group, each), uid, uid);
    return group;
  });
}
