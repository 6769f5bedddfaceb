import { existsSync } from "node:fs";
import { Command } from "commander";
import { foldersOf } from "../config/folders.ts";
import { isOutdated, isReplaced, restartByHand } from "../managed/daemon-health.ts";
import { accountNamed, isAccountName } from "../service/account.ts";
import { installedService } from "../service/installed.ts";
import { systemctlLine } from "../service/packaged.ts";
import { packagedEnabled, withPackaged } from "../service/packaged-target.ts";
import {
  planInstallation,
  resolveServiceTarget,
  type ServiceOptions,
  type ServiceTarget,
} from "../service/plan.ts";
import { lostSettings, readUnit, removeUnit, writeUnit } from "../service/unit-file.ts";
import { openFastFiles } from "../store/files/open-fast-files.ts";
import { readRefresher } from "../store/state/refresher-state.ts";
import type { Context } from "../terminal/command-context.ts";
import { readableDuration } from "../terminal/words.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";

interface InstallOptions extends ServiceOptions {
  readonly dryRun?: boolean;
  readonly splay: string;
}

/** Exit codes of `service status`, the same as for `systemctl status`. */
const notRunning = 3;
const notInstalled = 4;

/** `service`: the daemon under systemd or launchd. */
export function serviceCommand(context: Context): Command {
  const command = new Command("service")
    .summary("run the daemon as a service of systemd or launchd")
    .description("Installs, removes or shows the service that runs 'docker-credential-ecr daemon'.");
  const sub = (name: string, summary: string, description: string, examples: string) =>
    command
      .command(name)
      .summary(summary)
      .description(description)
      .option("--system", "a service of the system, started at boot; needs root")
      .option("--user <name>", "with --system: the user that it runs as; default: the user who calls sudo")
      .addHelpText("after", `\nExamples:\n${examples}`);
  sub(
    "install",
    "install and start the service, or update it",
    "Installs the service and starts it, now and at each boot or login. Run it again to update the service.",
    `  docker-credential-ecr service install --dry-run
  sudo "$(command -v docker-credential-ecr)" service install --system
  sudo docker-credential-ecr service install --system --user ci`,
  )
    .option("--dry-run", "print the service's file and do nothing")
    .option("--splay <duration>", "spread the first calls after a start over this time", "2m")
    .action((options: InstallOptions) => install({ ...options, action: "install" }, context));
  sub(
    "restart",
    "restart the service if it runs an older program",
    "Restarts the service if its daemon runs a different version than this program, as after an upgrade. Otherwise it prints why nothing is restarted.",
    "  docker-credential-ecr service restart",
  ).action((options: ServiceOptions) => restart({ ...options, action: "restart" }, context));
  sub(
    "uninstall",
    "stop the service and remove it",
    "Stops the service and removes its file; tokens and config.yaml stay.",
    "  docker-credential-ecr service uninstall --dry-run",
  )
    .option("--dry-run", "show what would be removed")
    .action((options: Omit<InstallOptions, "splay">) =>
      uninstall({ ...options, action: "uninstall" }, context),
    );
  sub(
    "status",
    "show whether the service runs",
    "Shows whether the service runs. Exit 0: it runs, 3: it does not, 4: it is not installed.",
    "  docker-credential-ecr service status",
  ).action((options: ServiceOptions) => status({ ...options, action: "status" }, context));
  return command.addHelpText(
    "after",
    `
Examples:
  docker-credential-ecr service install --dry-run
  sudo docker-credential-ecr service install --system --user ci`,
  );
}

async function install(options: InstallOptions, { env, home, print, printError }: Context): Promise<void> {
  const place = await resolveServiceTarget(options, env, home);
  const { manager } = place;
  const { service, refusals, notes } = planInstallation(place, options.splay, env);
  const text = manager.text(service);
  if (options.dryRun) {
    printError(`would write ${manager.path}`);
    for (const { oneLine } of refusals) printError(`would be refused: ${oneLine}`);
    for (const note of notes) printError(note);
    return print(text.trimEnd());
  }
  for (const refusal of refusals) throw refusal;
  if (place.packaged?.isEnabled) throw packagedEnabled(place.packaged);
  await manager.require();
  const before = await readUnit(manager.path);
  const isChanged = before !== text;
  if (isChanged) await writeUnit(manager.path, text);
  print(`${manager.path}: ${isChanged ? "written" : "nothing to change"}`);
  const lost = lostSettings(before ?? "", text);
  if (lost.length > 0) {
    const place = "settings of your own belong in a drop-in, see 'systemctl edit'";
    printError(`the previous file had other settings: ${lost.join(", ")}; ${place}`);
  }
  for (const note of [...notes, ...(await manager.notes())]) printError(note);
  await manager.start(isChanged || (await isOutdatedService(place, env, home)));
  print((await manager.state()).line);
}

async function restart(options: ServiceOptions, context: Context): Promise<void> {
  const { env, home, print } = context;
  const place = await withPackaged(await resolveServiceTarget(options, env, home));
  const { manager, packaged, refusal } = place;
  // One that was only started is restarted too.
  if (packaged && !packaged.isEnabled && !(await isRunning(manager)))
    return print(`${packaged.unit} (${packaged.path}): not enabled, nothing to restart`);
  if (!packaged && (await readUnit(manager.path)) === undefined) {
    const other = await otherService(options, env, home);
    const pid = other === "" ? await outdatedDaemon(place, env, home) : undefined;
    if (pid === undefined) return print(`${manager.path}: not installed, nothing to restart${other}`);
    context.exitWith(1);
    return context.printError(
      `${manager.path}: not installed, but a daemon without a service, process ${pid}, runs an older program: ${restartByHand(pid)}`,
    );
  }
  await manager.require();
  if (!(await isOutdatedService(place, env, home)))
    return print(`nothing to restart: ${(await manager.state()).line}`);
  if (refusal) throw refusal;
  await manager.start(true);
  print(`restarted, since it ran an older program: ${(await manager.state()).line}`);
}

/** For a user's service that is not installed: names the system service of this user, if there is one. */
async function otherService({ system }: ServiceOptions, env: Environment, home = ""): Promise<string> {
  const other = system ? undefined : await installedService(env, home);
  return other ? `; the daemon of this user has ${other.path}: add --system` : "";
}

/** The process of this user's daemon, if it runs another program than this one. */
async function outdatedDaemon(
  { account }: ServiceTarget,
  env: Environment,
  home?: string,
): Promise<number | undefined> {
  if (account.uid !== process.geteuid?.()) return undefined;
  const refresher = await readRefresher(foldersOf(env, home, await openFastFiles()).state);
  return refresher && isOutdated(refresher) ? refresher.pid : undefined;
}

/** Whether the service runs another program than this one: it was not restarted after an upgrade. */
async function isOutdatedService(target: ServiceTarget, env: Environment, home?: string): Promise<boolean> {
  const { pid } = await target.manager.state();
  if (pid !== undefined && isReplaced(pid)) return true;
  return (await outdatedDaemon(target, env, home)) !== undefined;
}

async function uninstall(
  options: Omit<InstallOptions, "splay">,
  { env, home, print }: Context,
): Promise<void> {
  const place = await resolveServiceTarget(options, env, home, accountOrRemoved);
  const { manager, packaged, refusal } = place;
  const { path } = manager;
  if ((await readUnit(path)) === undefined) {
    print(`${path}: not installed`);
    if (packaged?.isEnabled) {
      const how = systemctlLine("disable --now", packaged);
      print(`${packaged.unit} (${packaged.path}): stays enabled; to stop and disable it, run: ${how}`);
    }
    return;
  }
  if (options.dryRun) return print(`would stop the service and remove ${path}`);
  if (refusal) throw refusal;
  await manager.stop();
  await removeUnit(path);
  await manager.forget();
  print(`${path}: removed`);
  if (existsSync(`${path}.d`)) print(`${path}.d: your own settings stay`);
}

/** A service can be removed even if its user no longer exists. */
const accountOrRemoved: typeof accountNamed = (name, ...more) =>
  accountNamed(name, ...more).catch((error) => {
    if (!(error instanceof Failure) || !isAccountName(name)) throw error;
    return { name, uid: -1, home: "/" };
  });

async function status(options: ServiceOptions, context: Context): Promise<void> {
  const { env, home, print, exitWith } = context;
  const place = await withPackaged(await resolveServiceTarget(options, env, home));
  const { manager, packaged } = place;
  if (!packaged && (await readUnit(manager.path)) === undefined) {
    exitWith(notInstalled);
    return print(`${manager.path}: not installed${await otherService(options, env, home)}`);
  }
  if (packaged && !packaged.isEnabled && !(await isRunning(manager))) {
    exitWith(notInstalled);
    const how = systemctlLine("enable --now", packaged);
    return print(`${packaged.unit} (${packaged.path}): not enabled; to enable and start it, run: ${how}`);
  }
  try {
    await manager.require();
    const { isRunning, line } = await manager.state();
    print(line);
    if (!isRunning) exitWith(notRunning);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    print(error.oneLine);
    exitWith(notRunning);
  }
  const heartbeat = await heartbeatOf(place, context);
  if (heartbeat) print(heartbeat);
}

async function isRunning(manager: ServiceTarget["manager"]): Promise<boolean> {
  try {
    await manager.require();
    return (await manager.state()).isRunning;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

/** Undefined if the service belongs to another user: only that user can read the folder. */
async function heartbeatOf({ account }: ServiceTarget, { env, home }: Context): Promise<string | undefined> {
  if (account.uid !== process.geteuid?.()) return undefined;
  const refresher = await readRefresher(foldersOf(env, home, await openFastFiles()).state);
  if (!refresher) return "heartbeat: none";
  const ago = readableDuration(Date.now() - refresher.lastTickAt);
  return `heartbeat: ${ago} ago${refresher.pid === undefined ? ", of a refresher that has ended" : `, process ${refresher.pid}`}`;
}
