import { Command, Option } from "commander";
import { assertNotExists, writeBundle } from "../doctor/bundle.ts";
import { chain } from "../doctor/chain.ts";
import { CheckRun } from "../doctor/checks/check-run.ts";
import { createDoctorContext } from "../doctor/checks/machine.ts";
import { type RenderOptions, renderFailures, renderLine, renderSummary } from "../doctor/render.ts";
import { reportOf } from "../doctor/report.ts";
import { chaptersOf, type Entry, runChapters } from "../doctor/runner.ts";
import { defaultTargets, targetOf } from "../doctor/targets.ts";
import type { Context } from "../terminal/command-context.ts";
import { type Terminal, terminalOf } from "../terminal/terminal.ts";

interface Options {
  readonly json?: boolean;
  readonly failed?: boolean;
  readonly bundle?: string;
  readonly color: boolean;
}

/** `doctor`: checks each step from Docker to the registry and reports what is wrong. It changes nothing. */
export function doctorCommand(context: Context): Command {
  return new Command("doctor")
    .summary("find what is wrong between Docker and a registry")
    .description(
      "Checks each step from Docker to the registry and shows fixes; changes nothing. Without a registry: checks the managed registries. Exit 1 if a check failed.",
    )
    .argument("[REGISTRY]", "a host, a URL or an image, HOST/REPOSITORY:TAG")
    .option("--json", "print JSON")
    .addOption(new Option("--failed", "show only the failed checks, and all of them").conflicts("json"))
    .option("--bundle <file>", "write a report for support, without secrets")
    .option("--no-color", "no colours, even on a terminal")
    .addHelpText(
      "after",
      `
Examples:
  docker-credential-ecr doctor 111122223333.dkr.ecr.us-east-1.amazonaws.com
  docker-credential-ecr doctor \\
    111122223333.dkr.ecr.us-east-1.amazonaws.com/app:1.4
  docker-credential-ecr doctor --bundle report.txt`,
    )
    .action((named: string | undefined, options: Options) => diagnose(named, options, context));
}

async function diagnose(
  named: string | undefined,
  { json, failed, bundle, color }: Options,
  context: Context,
): Promise<void> {
  const { env, home, print, exitWith } = context;
  if (bundle !== undefined) await assertNotExists(bundle);
  const machine = await createDoctorContext(env, home);
  const targets = named === undefined ? await defaultTargets(machine) : [await targetOf(named, machine)];
  const checkRuns = targets.map((subject) => new CheckRun(machine, subject));
  const hosts = checkRuns.map(({ host }) => host);
  const terminal = terminalOf(process.stdout, env, color);
  const rendering = renderOptions(context, terminal);
  const printText = (text: string) => {
    if (!json) print(text);
  };

  printText(`docker-credential-ecr ${machine.version}${hosts.length === 1 ? `, ${hosts[0]}` : ""}`);
  let heading: string | undefined;
  const entries = await runChapters(
    chaptersOf(chain, machine, checkRuns),
    () => performance.now(),
    (entry) => {
      if (failed) return;
      if (hosts.length > 1 && entry.registry !== heading) printText(`\n${entry.registry}`);
      heading = entry.registry;
      printText(renderLine(entry, rendering));
    },
  );
  const report = reportOf(entries, hosts, machine.version, machine.now());
  if (json) print(JSON.stringify(report, undefined, 2));
  const end = [renderSummary(entries, rendering)];
  if (hosts.length === 0) end.push(`${whyNone(entries)}: name one to check the connection to it.`);
  // One line is for the prompt, and one is empty above the summary.
  const rows = failed ? Infinity : (terminal?.rows ?? Infinity) - linesIn(end) - 2;
  const failures = renderFailures(entries, rendering, rows);
  if (failures.length > 0) printText(`\n${failures.join("\n")}`);
  printText(`\n${end.join("\n")}`);
  if (!report.ok) exitWith(1);
  if (bundle === undefined) return;
  await writeBundle(bundle, report, machine);
  printText(`${bundle}: the report, without secrets. Read it before you send it.`);
}

function linesIn(texts: readonly string[]): number {
  return texts.join("\n").split("\n").length;
}

function renderOptions({ env, home }: Context, terminal: Terminal | undefined): RenderOptions {
  return {
    width: Math.max(narrowest, terminal?.width ?? 80),
    colour: terminal?.colour ?? false,
    // If HOME differs, "~" would be another folder for the reader.
    home: env.HOME === home ? home : undefined,
  };
}

/** Columns. */
const narrowest = 40;

/** Why there was no registry to check. */
function whyNone(entries: readonly Entry[]): string {
  const isBroken = entries.some(({ name, status }) => name === "config" && status === "failed");
  return isBroken ? "Without config.yaml no registry is known" : "No registry is known yet";
}
