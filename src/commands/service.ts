import { existsSync } from "node:fs";
import { Command } from "commander";
import { foldersOf } from "../config/folders.ts";
import { isOutdated, isReplaced } from "../managed/daemon-health.ts";
import { accountNamed, isAccountName } from "../service/account.ts";
import { installationOf, type Place, placeOf, type ServiceOptions } from "../service/plan.ts";
import { readUnit, removeUnit, writeUnit } from "../service/unit-file.ts";
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
      .option("--user <name>", "with --system: as whom it runs; default: the user who calls sudo")
      .addHelpText("after", `\nExamples:\n${examples}`);
  sub(
    "install",
    "write the service and start it, or bring it up to date",
    "Writes the service and starts it, now and at each boot or login. Run again, it brings it up to date.",
    `  docker-credential-ecr service install --dry-run
  sudo "$(command -v docker-credential-ecr)" service install --system
  sudo docker-credential-ecr service install --system --user ci`,
  )
    .option("--dry-run", "print the service's file and do nothing")
    .option("--splay <duration>", "spread the first calls after a start over so long", "2m")
    .action((options: InstallOptions) => install(options, context));
  sub(
    "restart",
    "restart the service if it runs an older program",
    "Restarts the service if its daemon runs another program than this one, as after an upgrade. Without a service it does nothing.",
    "  docker-credential-ecr service restart",
  ).action((options: ServiceOptions) => restart(options, context));
  sub(
    "uninstall",
    "stop the service and remove it",
    "Stops the service and removes its file; tokens and config stay.",
    "  docker-credential-ecr service uninstall --dry-run",
  )
    .option("--dry-run", "say what would be removed")
    .action((options: Omit<InstallOptions, "splay">) => uninstall(options, context));
  sub(
    "status",
    "tell whether the service runs",
    "Tells whether the service runs. Exit 0: it runs, 3: it does not, 4: it is not installed.",
    "  docker-credential-ecr service status",
  ).action((options: ServiceOptions) => status(options, context));
  return command.addHelpText(
    "after",
    `
Examples:
  docker-credential-ecr service install --dry-run
  sudo docker-credential-ecr service install --system --user ci`,
  );
}

async function install(options: InstallOptions, { env, home, print, printError }: Context): Promise<void> {
  const place = await placeOf(options, env, home);
  const { manager } = place;
  const { service, refusals, notes } = installationOf(place, options.splay, env);
  const text = manager.text(service);
  if (options.dryRun) {
    printError(`would write ${manager.path}`);
    for (const { oneLine } of refusals) printError(`would be refused: ${oneLine}`);
    for (const note of notes) printError(note);
    return print(text.trimEnd());
  }
  for (const refusal of refusals) throw refusal;
  await manager.require();
  const before = await readUnit(manager.path);
  const isChanged = before !== text;
  if (isChanged) await writeUnit(manager.path, text);
  print(`${manager.path}: ${isChanged ? "written" : "nothing to change"}`);
  for (const note of [...notes, ...(await manager.notes())]) printError(note);
  await manager.start(isChanged || (await isOlder(place, env, home)));
  print((await manager.state()).line);
}

async function restart(options: ServiceOptions, { env, home, print }: Context): Promise<void> {
  const place = await placeOf(options, env, home);
  const { manager, refusal } = place;
  if ((await readUnit(manager.path)) === undefined) return;
  await manager.require();
  if (!(await isOlder(place, env, home))) return;
  if (refusal) throw refusal;
  await manager.start(true);
  print(`restarted, since it ran an older program: ${(await manager.state()).line}`);
}

/** Whether the service runs another program than this one: it was not restarted after an upgrade. */
async function isOlder({ account, manager }: Place, env: Environment, home?: string): Promise<boolean> {
  const { pid } = await manager.state();
  if (pid !== undefined && isReplaced(pid)) return true;
  if (account.uid !== process.geteuid?.()) return false;
  const refresher = await readRefresher(foldersOf(env, home, await openFastFiles()).state);
  return refresher !== undefined && isOutdated(refresher);
}

async function uninstall(
  options: Omit<InstallOptions, "splay">,
  { env, home, print }: Context,
): Promise<void> {
  const { manager, refusal } = await placeOf(options, env, home, accountThatWas);
  const { path } = manager;
  if ((await readUnit(path)) === undefined) return print(`${path}: not installed`);
  if (options.dryRun) return print(`would stop the service and remove ${path}`);
  if (refusal) throw refusal;
  await manager.stop();
  await removeUnit(path);
  await manager.forget();
  print(`${path}: removed`);
  if (existsSync(`${path}.d`)) print(`${path}.d: your own settings stay`);
}

/** A service can be removed after the user that it ran as. */
const accountThatWas: typeof accountNamed = (name, ...more) =>
  accountNamed(name, ...more).catch((error) => {
    if (!(error instanceof Failure) || !isAccountName(name)) throw error;
    return { name, uid: -1, home: "/" };
  });

async function status(options: ServiceOptions, context: Context): Promise<void> {
  const { env, home, print, exitWith } = context;
  const place = await placeOf(options, env, home);
  const { manager } = place;
  if ((await readUnit(manager.path)) === undefined) {
    exitWith(notInstalled);
    return print(`${manager.path}: not installed`);
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

/** Undefined if the service belongs to another user: only that user can read the folder. */
async function heartbeatOf({ account }: Place, { env, home }: Context): Promise<string | undefined> {
  if (account.uid !== process.geteuid?.()) return undefined;
  const found = await readRefresher(foldersOf(env, home, await openFastFiles()).state);
  if (!found) return "heartbeat: none";
  const ago = readableDuration(Date.now() - found.lastTickAt);
  return `heartbeat: ${ago} ago${found.pid === undefined ? ", of a refresher that has ended" : `, process ${found.pid}`}`;
}
