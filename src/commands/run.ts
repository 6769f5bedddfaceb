import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { helperActions, unknownAction, usage } from "../protocol/messages.ts";
import type { Context } from "../terminal/command-context.ts";
import { printWhole } from "../terminal/stdout.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";

const name = "docker-credential-ecr";

/** Each loaded only when it is asked for, or all of them for the help, which keeps their order. */
const commands: Readonly<Record<string, (context: Context) => Promise<Command>>> = {
  "configure-docker": async (context) =>
    (await import("./configure-docker.ts")).configureDockerCommand(context),
  status: async (context) => (await import("./status.ts")).statusCommand(context),
  doctor: async (context) => (await import("./doctor.ts")).doctorCommand(context),
  refresh: async (context) => (await import("./refresh.ts")).refreshCommand(context),
  registries: async (context) => (await import("./registries.ts")).registriesCommand(context),
  export: async (context) => (await import("./export.ts")).exportCommand(context),
  daemon: async (context) => (await import("./daemon.ts")).daemonCommand(context),
  service: async (context) => (await import("./service.ts")).serviceCommand(context),
  kubelet: async (context) => (await import("./kubelet.ts")).kubeletCommand(context),
  completion: async (context) =>
    (await import("./completion.ts")).completionCommand(context, () => wholeProgram(context)),
};

/**
 * What is not Docker's protocol: flags, and the commands for people. Failures go to stderr as one line.
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
    return printed(`${name} (${name}) ${version}`);
  }
  let exitCode = 0;
  const context: Context = {
    env,
    home,
    debuggers,
    print: (text) => printWhole(text),
    printError: (text) => console.error(`${name}: ${text}`),
    exitWith: (code) => {
      exitCode = code;
    },
  };
  const isHelp = args.length === 1 && (word === "-h" || word === "--help");
  if (!isHelp && !Object.hasOwn(commands, word ?? "")) return refuse(args);
  const program = isHelp ? await wholeProgram(context) : await programWith([word ?? ""], context);
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    // Commander has printed its own.
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof Failure)) throw error;
    console.error(`${name}: ${error.oneLine}`);
    return 1;
  }
}

/** The program with all its commands, for its help and for what is written from them. */
export function wholeProgram(context: Context): Promise<Command> {
  return programWith(Object.keys(commands), context);
}

async function programWith(names: readonly string[], context: Context): Promise<Command> {
  const program = new Command(name)
    .usage(`<store|get|erase|list|version>  (Docker asks these)\n       ${name} COMMAND`)
    .option("-v, --version", "print name and version")
    // So that an option of the program's own is none of a command's.
    .enablePositionalOptions()
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText(
      "after",
      `
Each command tells more with --help.

Examples:
  ${name} configure-docker public.ecr.aws
  ${name} status
  echo public.ecr.aws | ${name} get    (prints a secret)`,
    );
  for (const each of names) {
    const command = await commands[each]?.(context);
    if (command) program.addCommand(command);
  }
  furnish(program, context);
  return program;
}

/** What commander's `addCommand` doesn't hand on. */
function furnish(command: Command, context: Context): void {
  command
    .exitOverride()
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => context.print(text.trimEnd()),
      writeErr: (text) => console.error(text.trimEnd()),
      outputError: (text) => context.printError(mistake(text, command).oneLine),
    });
  for (const each of command.commands) furnish(each, context);
}

/** What commander says of a mistyped line, as every other failure is told. */
function mistake(text: string, command: Command): Failure {
  const [what = "", more = ""] = text
    .trim()
    .replace(/^error: /, "")
    .split("\n");
  const [, meant] = /^\(Did you mean (.+)\?\)$/.exec(more) ?? [];
  const mend = meant === undefined ? `see '${spelt(command)} --help'` : `did you mean ${meant}?`;
  return new Failure("USAGE", what.replace(/\.$/, ""), mend);
}

/** "docker-credential-ecr service install" */
function spelt(command: Command): string {
  return command.parent ? `${spelt(command.parent)} ${command.name()}` : command.name();
}

/** As Docker's own helpers answer, on stdout. What to type instead goes to stderr. */
async function refuse(args: readonly string[]): Promise<number> {
  const [word] = args;
  printed(args.length === 1 && word !== undefined ? unknownAction(name, word) : usage(name));
  const { hintFor } = await import("./mistyped.ts");
  const hint = hintFor(args, [...Object.keys(commands), ...helperActions, "--help"], process.stderr.isTTY);
  if (hint !== undefined) console.error(hint);
  return 1;
}

/** @returns the exit code */
function printed(text: string): number {
  try {
    printWhole(text);
    return 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(`${name}: ${error.oneLine}`);
    return 1;
  }
}
