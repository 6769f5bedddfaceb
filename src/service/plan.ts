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
import { type CarriedEnvironment, type Reason, selectEnvironment } from "./environment.ts";
import { configHomeOf } from "./installed.ts";
import { launchd } from "./launchd.ts";
import type { ServiceManager } from "./manager.ts";
import { type PackagedUnit, packagedUnit } from "./packaged.ts";
import { checkPath, checkProgram, isTemporaryPath, type Step } from "./program-location.ts";
import { type Account, type Service, serviceName } from "./service.ts";
import { systemd } from "./systemd.ts";

export interface ServiceOptions {
  /** The word after `service`, for messages. */
  readonly action: "install" | "restart" | "uninstall" | "status";
  readonly system?: boolean;
  readonly user?: string;
}

/** A service, its account and its manager. */
export interface ServiceTarget {
  readonly isSystem: boolean;
  readonly account: Account;
  readonly manager: ServiceManager;
  /** The unit of a package for this account, and its manager. */
  readonly packaged?: PackagedUnit & { readonly manager: ServiceManager };
  /** Why nothing may be changed here; showing it may still be possible. */
  readonly refusal?: Failure;
}

/**
 * @param lookUp finds an account by its name
 * @throws Failure USAGE, UNKNOWN_USER, USER_HOME, NO_ACCOUNT, NO_SERVICE_MANAGER
 */
export async function resolveServiceTarget(
  { action, system = false, user }: ServiceOptions,
  env: Environment,
  home: string | undefined,
  lookUp = accountNamed,
): Promise<ServiceTarget> {
  const { platform } = process;
  if (!system && user !== undefined) {
    throw new Failure("USAGE", "--user needs --system", "give --system too, or leave out --user");
  }
  const run = programsOf(withRuntimeFolder(env));
  const account = await (user === undefined
    ? accountOf(system ? callerUid(env) : ownUid(), run, platform)
    : lookUp(user, run, platform));
  const refusal = system && process.geteuid?.() !== 0 ? needsRoot(account, action) : undefined;
  const service = { isSystem: system, account };
  const manager = managerOf(service, env, home, run);
  const found = packagedOf(service, env, home, run);
  // The unit that 'service install' has written has the name of the package's.
  const packaged = found?.path === manager.path ? undefined : found;
  return { ...service, manager, ...(packaged && { packaged }), ...(refusal && { refusal }) };
}

const ownUid = () => process.geteuid?.() ?? 0;

/**
 * The default user of a system service: the user who called sudo.
 *
 * @throws Failure USAGE for root itself, since root rarely runs the builds
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

function packagedOf(
  service: Pick<Service, "isSystem" | "account">,
  env: Environment,
  home: string | undefined,
  run: RunProgram,
): ServiceTarget["packaged"] {
  if (process.platform !== "linux") return undefined;
  const own = home ?? service.account.home;
  const configHome = configHomeOf(env, own);
  const found = packagedUnit(service, { configHome, home: own });
  return found && { ...found, manager: systemd(service, configHome, run, found) };
}

function managerOf(
  service: Pick<Service, "isSystem" | "account">,
  env: Environment,
  home: string | undefined,
  run: RunProgram,
): ServiceManager {
  switch (process.platform) {
    case "linux": {
      return systemd(service, configHomeOf(env, home ?? service.account.home), run);
    }
    case "darwin":
      return launchd(service, run);
    default: {
      const what = `there are no services for ${process.platform}`;
      throw new Failure("NO_SERVICE_MANAGER", what, `run '${serviceName} daemon' by other means`);
    }
  }
}

/** The service to install, why it can't be installed, and notes for the user. */
export interface ServiceInstallation {
  readonly service: Service;
  readonly refusals: readonly Failure[];
  readonly notes: readonly string[];
}

/** @throws Failure USAGE */
export function planInstallation(place: ServiceTarget, splay: string, env: Environment): ServiceInstallation {
  const { isSystem, account, refusal } = place;
  durationOption("--splay", splay, "90s, 10m or 1h30m");
  const { path: program } = ownProgram();
  const isOwnShell = !isSystem || account.uid === Number(env["SUDO_UID"] ?? ownUid());
  const { variables, omitted } = selectEnvironment(env, { home: account.home, isSystem, isOwnShell });
  const risk = checkProgram([program, process.execPath].flatMap(pathSteps), account.uid);
  const refusals = [
    refusal,
    !isSystem && account.uid === 0 ? rootNeedsSystem() : undefined,
    checkPath(program),
    isSystem ? risk : undefined,
  ];
  return {
    service: { isSystem, account, program, splay, environment: variables },
    refusals: refusals.filter((each) => each !== undefined),
    notes: [
      ...(!isSystem && risk ? [risk.oneLine] : []),
      ...(isTemporaryPath(program)
        ? [
            `${program} is in a folder for temporary files or build output: install the program with ./install.sh`,
          ]
        : []),
      ...notesOnEnvironment(omitted, isSystem),
    ],
  };
}

function notesOnEnvironment(left: CarriedEnvironment["omitted"], isSystem: boolean): string[] {
  const edit = `systemctl ${isSystem ? "" : "--user "}edit`;
  const ends: Readonly<Record<Reason, string>> = {
    identity: "not in the service: name the profile or role under 'identities' in config.yaml",
    secret: `not in the service, since it may contain a password: put it into a file of mode 0600 and name that by EnvironmentFile= with '${edit}'`,
    unusable: "not in the service, since it is not an absolute path or not printable",
    foreign: `not in the service, since this shell is another user's: set it by Environment= with '${edit}'`,
  };
  return (Object.keys(ends) as Reason[]).flatMap((reason) =>
    left[reason].length === 0 ? [] : [`${left[reason].join(", ")}: set in this shell, ${ends[reason]}`],
  );
}

/** The file itself and all folders above it. Those that can't be read are left out: starting the program fails then. */
function pathSteps(program: string): Step[] {
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

/** Members of system groups, such as Debian's staff, are chosen by root. Entries of an access control list are not. */
function isShared(path: string, found: Stats): boolean {
  if ((found.mode & 0o020) === 0) return false;
  return found.uid === found.gid && found.uid !== 0
    ? isOpenToOthers(found, () => hasAccessList(path))
    : hasAccessList(path);
}

/** Sets XDG_RUNTIME_DIR, where systemctl finds a user's manager: cron and some shells don't set it. */
function withRuntimeFolder(env: Environment): Environment {
  const folder = `/run/user/${process.geteuid?.()}`;
  return env["XDG_RUNTIME_DIR"] || !existsSync(folder) ? env : { ...env, XDG_RUNTIME_DIR: folder };
}

function needsRoot({ name }: Account, action: ServiceOptions["action"]): Failure {
  const fix = `run it with sudo: sudo ${ownProgram().path} service ${action} --system --user ${name}`;
  return new Failure("NEEDS_ROOT", "only root can change system services", fix);
}

function rootNeedsSystem(): Failure {
  const what = "root's own service manager runs only while root is logged in";
  return new Failure(
    "ROOT_NEEDS_SYSTEM",
    what,
    "run it with --system --user NAME: the user whose builds use the tokens, root too",
  );
}
