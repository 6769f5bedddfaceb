import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { helperActions, unknownAction, usage } from "../protocol/messages.ts";
import type { Context } from "../terminal/command-context.ts";
import { failureText } from "../terminal/failure-lines.ts";
import { Declined } from "../terminal/prompt.ts";
import { printToStderr } from "../terminal/stderr.ts";
import { printWhole } from "../terminal/stdout.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { redact } from "../token/redact.ts";

const name = "docker-credential-ecr";

/** Each command is loaded only when it is used. The help loads all of them, and lists them in this order. */
const commands: Readonly<Record<string, (context: Context) => Promise<Command>>> = {
  "configure-docker": async (context) =>
    (await import("./configure-docker.ts")).configureDockerCommand(context),
  status: async (context) => (await import("./status.ts")).statusCommand(context),
  doctor: async (context) => (await import("./doctor.ts")).doctorCommand(context),
  refresh: async (context) => (await import("./refresh.ts")).refreshCommand(context),
  registries: async (context) => (await import("./registries.ts")).registriesCommand(context),
  export: async (context) => (await import("./export.ts")).exportCommand(context),
  config: async (context) => (await import("./config.ts")).configCommand(context),
  daemon: async (context) => (await import("./daemon.ts")).daemonCommand(context),
  service: async (context) => (await import("./service.ts")).serviceCommand(context),
  kubelet: async (context) => (await import("./kubelet.ts")).kubeletCommand(context),
  completion: async (context) =>
    (await import("./completion.ts")).completionCommand(context, () => wholeProgram(context)),
};

/**
 * Flags and the commands for users, everything except Docker's protocol. Failures go to stderr.
 *
 * @returns the exit code
 */
export async function run(
  args: readonly string[],
  env: Environment,
  home: string | undefined,
  debuggers: readonly string[] = [],
): Promise<number> {
  const [word] = args;
  if (args.length === 1 && (word === "-v" || word === "--version")) {
    return printOrFail(`${name} (${name}) ${version}`);
  }
  let exitCode = 0;
  const context: Context = {
    env,
    home,
    debuggers,
    print: (text) => printWhole(text),
    printError: (text) => printToStderr(`${name}: ${text}\n`),
    printFailure: (failure) => printToStderr(failureText(failure, env)),
    exitWith: (code) => {
      exitCode = code;
    },
  };
  const isHelp = args.length === 1 && (word === "-h" || word === "--help");
  if (!isHelp && !Object.hasOwn(commands, word ?? "")) return refuseArguments(args);
  const program = isHelp ? await wholeProgram(context) : await programWith([word ?? ""], context);
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    // Commander has printed its own message.
    if (error instanceof CommanderError) return error.exitCode;
    if (error instanceof Declined) {
      printToStderr(`${error.message}\n`);
      return 1;
    }
    if (!(error instanceof Failure)) throw error;
    context.printFailure(error);
    return 1;
  }
}

/** The program with all its commands, for its help and for the man page. */
export function wholeProgram(context: Context): Promise<Command> {
  return programWith(Object.keys(commands), context);
}

async function programWith(names: readonly string[], context: Context): Promise<Command> {
  const program = new Command(name)
    .usage(`<store|get|erase|list|version>  (Docker runs these)\n       ${name} COMMAND`)
    .option("-v, --version", "print name and version")
    // So that an option of the program is not read as one of a command.
    .enablePositionalOptions()
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText(
      "after",
      `
COMMAND --help shows more about a command.

Examples:
  ${name} configure-docker public.ecr.aws
  ${name} status
  echo public.ecr.aws | ${name} get    (prints a secret)`,
    );
  for (const each of names) {
    const command = await commands[each]?.(context);
    if (command) program.addCommand(command);
  }
  applySettings(program, context);
  return program;
}

/** Settings that commander's `addCommand` does not pass on. */
function applySettings(command: Command, context: Context): void {
  command
    .exitOverride()
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => context.print(text.trimEnd()),
      writeErr: (text) => printToStderr(`${text.trimEnd()}\n`),
      outputError: (text) => context.printFailure(usageFailure(text, command)),
    });
  for (const each of command.commands) applySettings(each, context);
}

/** Commander's message about a mistyped line, in the form of every other failure. */
function usageFailure(text: string, command: Command): Failure {
  const [what = "", more = ""] = text
    .trim()
    .replace(/^error: /, "")
    .split("\n");
  const [, meant] = /^\(Did you mean (.+)\?\)$/.exec(more) ?? [];
  const fix = meant === undefined ? `see '${commandLine(command)} --help'` : `did you mean ${meant}?`;
  return new Failure("USAGE", redact(what.replace(/\.$/, "")), fix);
}

/** "docker-credential-ecr service install" */
function commandLine(command: Command): string {
  return command.parent ? `${commandLine(command.parent)} ${command.name()}` : command.name();
}

/** Prints on stdout what Docker's own helpers print. The suggestion goes to stderr. */
async function refuseArguments(args: readonly string[]): Promise<number> {
  const [word] = args;
  printOrFail(args.length === 1 && word !== undefined ? unknownAction(name, word) : usage(name));
  const { hintFor } = await import("./mistyped.ts");
  const hint = hintFor(args, [...Object.keys(commands), ...helperActions, "--help"], process.stderr.isTTY);
  if (hint !== undefined) printToStderr(`${hint}\n`);
  return 1;
}

/** @returns the exit code */
function printOrFail(text: string): number {
  try {
    printWhole(text);
    return 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    printToStderr(`${name}: ${error.oneLine}\n`);
    return 1;
  }
}
