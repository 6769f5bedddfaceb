import { Command, Option } from "commander";
import { createAppContext } from "../provider/context.ts";
import { jsonOf } from "../status/json.ts";
import { statusLines } from "../status/lines.ts";
import { metricsOf } from "../status/metrics.ts";
import { writeMetrics } from "../status/metrics-file.ts";
import { type StatusReport, statusReport } from "../status/report.ts";
import { statusScreen } from "../status/screen.ts";
import { type Watching, watch } from "../status/watch.ts";
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

/** `status`: each registry's token, and whether the daemon runs. */
export function statusCommand(context: Context): Command {
  return new Command("status")
    .summary("each registry's token and the daemon's health")
    .description(
      "Shows what needs somebody first. Exit 1 if a token that is kept has less life left than minValidity, or config.yaml can't be used; with --watch and --prometheus 0.",
    )
    .addOption(
      new Option("--watch", "draw it anew every two seconds, until Ctrl-C").conflicts([
        "all",
        "json",
        "prometheus",
      ]),
    )
    .option("--all", "every registry, also those that don't fit on the screen")
    .addOption(new Option("--json", "for programs").conflicts(["all", "prometheus"]))
    .addOption(
      new Option("--prometheus [file]", "metrics for node_exporter: into a file, or on stdout").conflicts(
        "all",
      ),
    )
    .addOption(
      new Option(
        "--strict",
        "exit 1 also if a renewal fails, a daemon that should run does not, or it is outdated",
      ).conflicts(["watch", "prometheus"]),
    )
    .option("--no-color", "no colours, on a terminal too")
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
    const watching = theTerminal(terminal);
    return watch(async (now) => {
      return statusScreen(await statusReport(app), { ...now, home }, now.rows, 1);
    }, watching);
  }
  const report = await statusReport(app);
  if (options.prometheus !== undefined) return tellMetrics(options.prometheus, report, context);
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

/** That they could be told is a success, whatever they tell: they are watched by another. */
async function tellMetrics(to: string | true, report: StatusReport, { print }: Context): Promise<void> {
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

/** @throws Failure USAGE where stdout is none */
function theTerminal(terminal: () => ReturnType<typeof terminalOf>): Watching {
  const first = terminal();
  if (!first) {
    throw new Failure("USAGE", "--watch draws on a terminal, and stdout is none", "use --json in a loop");
  }
  return {
    terminal: () => terminal() ?? first,
    write: (text) => process.stdout.write(text),
    on: (event, react) => {
      for (const signal of signals[event]) process.on(signal, react);
    },
    halt: () => process.kill(process.pid, "SIGSTOP"),
  };
}
