import { existsSync, lstatSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { durationOption } from "../config/duration.ts";
import { hasAccessList } from "../ownership/access-list.ts";
import { isOpenToOthers } from "../ownership/file-owners.ts";
import { ownProgram } from "../process/own-program.ts";
import { programsOf, type RunProgram } from "../process/run-program.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { accountNamed, accountOf } from "./account.ts";
import { type Carried, carriedEnvironment, type Reason } from "./environment.ts";
import { launchd } from "./launchd.ts";
import type { ServiceManager } from "./manager.ts";
import { checkPath, checkProgram, isTemporaryPath, type Step } from "./program-location.ts";
import { type Account, type Service, serviceName } from "./service.ts";
import { systemd } from "./systemd.ts";

export interface ServiceOptions {
  readonly system?: boolean;
  readonly user?: string;
}

/** A service, its account and its manager. */
export interface Place {
  readonly isSystem: boolean;
  readonly account: Account;
  readonly manager: ServiceManager;
  /** Why nothing may be changed here; showing it may still be possible. */
  readonly refusal?: Failure;
}

/**
 * @param lookUp finds an account by its name
 * @throws Failure USAGE, UNKNOWN_USER, USER_HOME, NO_ACCOUNT, NO_SERVICE_MANAGER
 */
export async function placeOf(
  { system = false, user }: ServiceOptions,
  env: Environment,
  home: string | undefined,
  lookUp = accountNamed,
): Promise<Place> {
  const { platform } = process;
  if (!system && user !== undefined) {
    throw new Failure("USAGE", "--user goes with --system alone", "give --system too, or leave --user out");
  }
  const run = programsOf(withRuntimeFolder(env));
  const account = await (user === undefined
    ? accountOf(system ? callerUid(env) : ownUid(), run, platform)
    : lookUp(user, run, platform));
  const refusal = system && process.geteuid?.() !== 0 ? needsRoot(account) : undefined;
  const manager = managerOf({ isSystem: system, account }, env, home, run);
  return { isSystem: system, account, manager, ...(refusal && { refusal }) };
}

const ownUid = () => process.geteuid?.() ?? 0;

/**
 * The user whose service a service of the system is where none is named: the one who called sudo.
 *
 * @throws Failure USAGE for root itself, whose builds are seldom meant
 */
function callerUid({ SUDO_UID = "" }: Environment): number {
  const uid = ownUid();
  if (uid !== 0) return uid;
  if (/^[1-9]\d*$/.test(SUDO_UID)) return Number(SUDO_UID);
  throw new Failure(
    "USAGE",
    "--system needs --user NAME here",
    "name the user whose builds use the tokens; it may be root",
  );
}

function managerOf(
  service: Pick<Service, "isSystem" | "account">,
  { XDG_CONFIG_HOME }: Environment,
  home: string | undefined,
  run: RunProgram,
): ServiceManager {
  switch (process.platform) {
    case "linux": {
      const own = XDG_CONFIG_HOME?.startsWith("/") ? XDG_CONFIG_HOME : undefined;
      return systemd(service, own ?? `${home ?? service.account.home}/.config`, run);
    }
    case "darwin":
      return launchd(service, run);
    default: {
      const what = `there are no services for ${process.platform}`;
      throw new Failure("NO_SERVICE_MANAGER", what, `run '${serviceName} daemon' by other means`);
    }
  }
}

/** What would be installed, why it can't be, and what its user should know. */
export interface Installation {
  readonly service: Service;
  readonly refusals: readonly Failure[];
  readonly notes: readonly string[];
}

/** @throws Failure USAGE */
export function installationOf(place: Place, splay: string, env: Environment): Installation {
  const { isSystem, account, refusal } = place;
  durationOption("--splay", splay, "90s, 10m or 1h30m");
  const { path: program } = ownProgram();
  const isOwnShell = !isSystem || account.uid === Number(env["SUDO_UID"] ?? ownUid());
  const { variables, left } = carriedEnvironment(env, { home: account.home, isSystem, isOwnShell });
  const risk = checkProgram([program, process.execPath].flatMap(stepsTo), account.uid);
  const refusals = [
    refusal,
    !isSystem && account.uid === 0 ? rootAlone() : undefined,
    checkPath(program),
    isSystem ? risk : undefined,
  ];
  return {
    service: { isSystem, account, program, splay, environment: variables },
    refusals: refusals.filter((each) => each !== undefined),
    notes: [
      ...(!isSystem && risk ? [risk.oneLine] : []),
      ...(isTemporaryPath(program)
        ? [`${program} may be gone one day: install the program with ./install.sh`]
        : []),
      ...notesOn(left, isSystem),
    ],
  };
}

function notesOn(left: Carried["left"], isSystem: boolean): string[] {
  const edit = `systemctl ${isSystem ? "" : "--user "}edit`;
  const ends: Readonly<Record<Reason, string>> = {
    identity: "not in the service: name the profile or role under 'identities' in config.yaml",
    secret: `not in the service, since it may hold a password: put it into a file of mode 0600 and name that by EnvironmentFile= with '${edit}'`,
    unusable: "not in the service, since it is no absolute path or not printable",
    foreign: `not in the service, since this shell is another user's: set it by Environment= with '${edit}'`,
  };
  return (Object.keys(ends) as Reason[]).flatMap((reason) =>
    left[reason].length === 0 ? [] : [`${left[reason].join(", ")}: set in this shell, ${ends[reason]}`],
  );
}

/** The file itself and all folders above it; what can't be read is left to the program's start. */
function stepsTo(program: string): Step[] {
  const steps: Step[] = [];
  for (let path = program; ; path = dirname(path)) {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found) {
      const { uid, gid, mode } = found;
      steps.push({ path, uid, gid, mode, isShared: isShared(path, found) });
    }
    if (path === dirname(path)) return steps;
  }
}

/** For a group of the system's, such as Debian's staff, its members are root's to choose; an access control list is not. */
function isShared(path: string, found: Stats): boolean {
  if ((found.mode & 0o020) === 0) return false;
  return found.uid === found.gid && found.uid !== 0
    ? isOpenToOthers(found, () => hasAccessList(path))
    : hasAccessList(path);
}

/** systemctl finds a user's manager there; cron and some shells don't set it. */
function withRuntimeFolder(env: Environment): Environment {
  const folder = `/run/user/${process.geteuid?.()}`;
  return env["XDG_RUNTIME_DIR"] || !existsSync(folder) ? env : { ...env, XDG_RUNTIME_DIR: folder };
}

function needsRoot({ name }: Account): Failure {
  const fix = `give it by sudo: sudo ${ownProgram().path} service … --system --user ${name}`;
  return new Failure("NEEDS_ROOT", "only root changes the system's services", fix);
}

function rootAlone(): Failure {
  const what = "root's own service manager runs only while root is logged in";
  return new Failure(
    "ROOT_NEEDS_SYSTEM",
    what,
    "give --system --user NAME: whose builds use the tokens, may be root",
  );
}
