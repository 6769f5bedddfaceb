import { Command, Option } from "commander";
import { durationOption } from "../config/duration.ts";
import { journalSocket } from "../daemon/journal.ts";
import { DaemonLock } from "../daemon/lock.ts";
import { daemonLog, isJournalStream, type LogFormat, logFormats, type Reporter } from "../daemon/log.ts";
import { runDaemon } from "../daemon/loop.ts";
import { failuresOf, Refresher } from "../daemon/pass.ts";
import { updateSecretsOnce } from "../daemon/secret-updates.ts";
import { type RegistryRows, waitingEntries } from "../managed/registry-rows.ts";
import { type AppContext, createAppContext } from "../provider/context.ts";
import {
  type Notifier,
  type NotifyVariables,
  noNotifier,
  systemdNotifier,
  takeNotifyVariables,
} from "../service/notifier.ts";
import type { Context } from "../terminal/command-context.ts";
import { plural, pluralRegistries, readableDuration } from "../terminal/words.ts";
import { Failure } from "../token/failure.ts";

interface Options {
  readonly once?: boolean;
  readonly splay?: string;
  readonly ifNotRunning?: boolean;
  readonly verbose?: boolean;
  readonly logFormat: LogFormat;
}

/** `daemon`: renews the tokens of all managed registries. */
export function daemonCommand(context: Context): Command {
  return new Command("daemon")
    .summary("renew the tokens of all registries in use")
    .description(
      "Runs in the foreground and renews tokens before they expire: for the registries in config.yaml, and for those that builds have used.",
    )
    .option("--once", "one pass, for cron: silent if all is OK, exit 1 if a renewal failed")
    .option("--verbose", "with --once: print the result even if all is OK, as on a terminal")
    .option(
      "--splay <duration>",
      "spread the first calls over this time, such as 90s or 10m; with --once: wait for a random part of it first",
    )
    .option("--if-not-running", "exit 0 if a daemon runs already")
    .addOption(
      new Option("--log-format <format>", "json: each line of the log is a JSON object")
        .choices(logFormats)
        .default("text"),
    )
    .addHelpText(
      "after",
      `
Examples:
  docker-credential-ecr daemon --splay 5m
  docker-credential-ecr daemon --once --splay 10m`,
    )
    .action((options: Options) => runDaemonCommand(options, context));
}

async function runDaemonCommand(
  { once, splay, ifNotRunning, verbose = false, logFormat }: Options,
  context: Context,
): Promise<void> {
  const spread = splay === undefined ? 0 : durationOption("--splay", splay, "90s, 10m or 1h30m");
  assertNotDebugged(context);
  const env = { ...context.env };
  const notify = takeNotifyVariables(env, process.pid);
  const app = await createAppContext(env, context.home);
  if (once && spread > 0) {
    const wait = spread * Math.random();
    // Without a word, a user who tries the line of the crontab takes it for a hang.
    if (process.stderr.isTTY) context.printError(`waiting for ${readableDuration(wait)} (--splay)`);
    await Bun.sleep(wait);
  }
  const lock = await DaemonLock.take(app.folders.state);
  if (!lock) {
    if (ifNotRunning) return context.print("a daemon of this user runs already");
    throw new Failure("DAEMON_RUNNING", "a daemon of this user runs already", "use it, or end it first");
  }
  try {
    if (once) await runOnce(app, context, verbose);
    else {
      const start = { splay: spread, lock, notifier: await notifierOf(notify, context) };
      await runDaemon(app, start, await logOf(context, app.now, logFormat));
    }
  } finally {
    lock.release();
  }
}

/** The log on stdout; if that is the journal, with journald's own protocol. */
async function logOf(context: Context, now: () => number, format: LogFormat): Promise<Reporter> {
  if (format === "json" || !isJournalStream(context.env.JOURNAL_STREAM)) {
    return daemonLog(context, { now, format });
  }
  const { openNotifySocket } = await import("../service/notify.ts");
  return daemonLog(context, { now, format, toJournal: openNotifySocket(journalSocket) });
}

/** The service manager to report to; a failing report never ends the daemon. */
async function notifierOf(
  { address, isWatched }: NotifyVariables,
  { printError }: Context,
): Promise<Notifier> {
  if (address === undefined) return noNotifier;
  const { openNotifySocket } = await import("../service/notify.ts");
  const send = openNotifySocket(address) ?? (() => false);
  let isReported = false;
  return systemdNotifier((message) => {
    const isSent = send(message);
    if (!isSent && !isReported) {
      printError(
        `the service manager's socket, ${address}, can't be reached: the manager may treat this daemon as hung and end it`,
      );
      isReported = true;
    }
    return isSent;
  }, isWatched);
}

/** Prints nothing if all is OK, since cron sends each line by mail. */
async function runOnce(app: AppContext, context: Context, verbose: boolean): Promise<void> {
  const { print, printError, exitWith } = context;
  const began = app.now();
  const refresher = new Refresher(app);
  const config = await refresher.readConfig();
  const { signal } = new AbortController();
  const first = await refresher.pass(signal);
  const sync = await refresher.syncReplication(signal);
  const last = sync?.isChanged ? await refresher.pass(signal) : first;
  await refresher.saveState(false);
  if (!first || !last) return;
  const { plan, sources } = last.managed;
  const secretFailures = await updateSecretsOnce(app, [last.managed, config], signal);
  const failures = [
    ...failuresOf(last, app.now(), began),
    ...(sync?.failed ?? []).map(({ oneLine }) => oneLine),
    ...(sync?.waiting ?? []).map(({ oneLine }) => `not tried again yet: ${oneLine}`),
    ...secretFailures.map(({ oneLine }) => oneLine),
  ];
  if (config.notRead) printError(config.notRead.oneLine);
  for (const line of failures) printError(line);
  const notes = [
    ...sources.flatMap(({ problems }) => problems.map(({ oneLine }) => oneLine)),
    ...plan.unattended.map((note) => Failure.from(note).oneLine),
  ];
  for (const line of notes) print(line);
  if (failures.length > 0) exitWith(1);
  if (!verbose && !process.stdout.isTTY && failures.length + notes.length === 0) return;
  const shown: RegistryRows = { registries: [], loaded: { managed: last.managed, config } };
  for (const line of waitingEntries(shown, app.folders.configFile)) print(line);
  const registries = plan.jobs.reduce((sum, job) => sum + job.registries.length, 0);
  const renewed = new Set([first, last].flatMap(({ report }) => report.renewed.map(({ key }) => key))).size;
  print(
    `${pluralRegistries(registries)} managed, ${plural(renewed, "token")} renewed, ${failures.length} failed`,
  );
}

/** The daemon's memory contains every token, for months. */
function assertNotDebugged({ debuggers = [] }: Context): void {
  if (debuggers.length === 0) return;
  const what = `the daemon does not start with ${debuggers.join(" and ")} set: a debugger could read every token`;
  throw new Failure(
    "DAEMON_DEBUGGER",
    what,
    `run it as: env ${debuggers.map((name) => `-u ${name}`).join(" ")} docker-credential-ecr daemon`,
  );
}
