import { Command, Option } from "commander";
import { createAppContext } from "../provider/context.ts";
import { jsonOf } from "../status/json.ts";
import { statusLines } from "../status/lines.ts";
import { metricsOf } from "../status/metrics.ts";
import { writeMetrics } from "../status/metrics-file.ts";
import { type StatusReport, statusReport } from "../status/report.ts";
import { statusScreen } from "../status/screen.ts";
import { type WatchTerminal, watch } from "../status/watch.ts";
import type { Context } from "../terminal/command-context.ts";
import { terminalOf } from "../terminal/terminal.ts";
import { Failure } from "../token/failure.ts";

interface Options {
  readonly watch?: boolean;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly strict?: boolean;
  /** true: to stdout. */
  readonly prometheus?: string | true;
  readonly color: boolean;
}

/** `status`: the token of each registry, and whether the daemon runs. */
export function statusCommand(context: Context): Command {
  return new Command("status")
    .summary("show each registry's token and the daemon's health")
    .description(
      "Shows problems first. Exit 1 if a token is valid for less than minValidity, or config.yaml is invalid; with --watch and --prometheus always 0.",
    )
    .addOption(
      new Option("--watch", "update the screen every two seconds, until Ctrl-C").conflicts([
        "all",
        "json",
        "prometheus",
      ]),
    )
    .option("--all", "show every registry, even if they don't fit on the screen")
    .addOption(new Option("--json", "print JSON").conflicts(["all", "prometheus"]))
    .addOption(
      new Option("--prometheus [file]", "write metrics for node_exporter to a file, or to stdout").conflicts(
        "all",
      ),
    )
    .addOption(
      new Option(
        "--strict",
        "exit 1 also if a renewal fails, or the daemon should run and does not, or is outdated",
      ).conflicts(["watch", "prometheus"]),
    )
    .option("--no-color", "no colours, even on a terminal")
    .addHelpText(
      "after",
      `
Examples:
  docker-credential-ecr status --watch
  docker-credential-ecr status --json
  docker-credential-ecr status --prometheus \\
    /var/lib/prometheus/node-exporter/ecr.prom`,
    )
    .action((options: Options) => show(options, context));
}

async function show(options: Options, context: Context): Promise<void> {
  const { env, home, print, printError, exitWith } = context;
  const app = await createAppContext(env, home);
  const terminal = () => terminalOf(process.stdout, env, options.color);
  if (options.watch) {
    const watching = watchTerminal(terminal);
    return watch(async (now) => {
      return statusScreen(await statusReport(app), { ...now, home }, now.rows, 1);
    }, watching);
  }
  const report = await statusReport(app);
  if (options.prometheus !== undefined) return printMetrics(options.prometheus, report, context);
  const ok = options.strict ? report.strictlyOk : report.ok;
  if (!ok) exitWith(1);
  const screen = options.json ? undefined : terminal();
  if (screen) {
    // One line is left for the prompt.
    const rows = options.all ? Infinity : screen.rows - 1;
    return print(statusScreen(report, { ...screen, home }, rows).join("\n"));
  }
  if (report.configError) printError(Failure.from(report.configError).oneLine);
  print(options.json ? JSON.stringify(jsonOf(report, ok), undefined, 2) : statusLines(report).join("\n"));
}

/** Succeeds if the metrics were written, whatever they show: the monitoring that reads them raises alarms. */
async function printMetrics(to: string | true, report: StatusReport, { print }: Context): Promise<void> {
  const text = metricsOf(report);
  if (to === true) print(text.trimEnd());
  else await writeMetrics(to, text);
}

const signals = {
  end: ["SIGINT", "SIGTERM", "SIGHUP"],
  stop: ["SIGTSTP"],
  continue: ["SIGCONT"],
  resize: ["SIGWINCH"],
} as const;

/** @throws Failure USAGE if stdout is not a terminal */
function watchTerminal(terminal: () => ReturnType<typeof terminalOf>): WatchTerminal {
  const first = terminal();
  if (!first) {
    throw new Failure("USAGE", "--watch needs a terminal, and stdout is not one", "use --json in a loop");
  }
  return {
    terminal: () => terminal() ?? first,
    write: (text) => process.stdout.write(text),
    on: (event, react) => {
      for (const signal of signals[event]) process.on(signal, react);
    },
    suspend: () => process.kill(process.pid, "SIGSTOP"),
  };
}
