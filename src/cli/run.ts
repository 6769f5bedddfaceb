import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { unknownAction, usage } from "../helper/wire.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import type { Context } from "./context.ts";

const name = "docker-credential-ecr";

/** Each loaded only when it is asked for, or all of them for the help. */
const commands: Readonly<Record<string, (context: Context) => Promise<Command>>> = {
  "configure-docker": async (context) =>
    (await import("./configure-docker.ts")).configureDockerCommand(context),
  daemon: async (context) => (await import("./daemon.ts")).daemonCommand(context),
  service: async (context) => (await import("./service.ts")).serviceCommand(context),
  status: async (context) => (await import("./status.ts")).statusCommand(context),
  refresh: async (context) => (await import("./refresh.ts")).refreshCommand(context),
  registries: async (context) => (await import("./registries.ts")).registriesCommand(context),
  doctor: async (context) => (await import("./doctor.ts")).doctorCommand(context),
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
): Promise<number> {
  const [word] = args;
  if (args.length === 1 && (word === "-v" || word === "--version")) {
    console.log(`${name} (${name}) ${version}`);
    return 0;
  }
  let exitCode = 0;
  const context: Context = {
    env,
    home,
    print: (text) => console.log(text),
    printError: (text) => console.error(`${name}: ${text}`),
    exitWith: (code) => {
      exitCode = code;
    },
  };
  const isHelp = args.length === 1 && (word === "-h" || word === "--help");
  const program = new Command(name).exitOverride().helpCommand(false);
  program.usage("<store|get|erase|list|version>  (Docker asks these)\n       docker-credential-ecr COMMAND");
  for (const [command, load] of Object.entries(commands)) {
    if (isHelp || command === word) program.addCommand((await load(context)).exitOverride());
  }
  if (isHelp) {
    console.log(program.helpInformation().trimEnd());
    return 0;
  }
  if (!program.commands.some((command) => command.name() === word)) {
    // Docker's own helpers answer so, on stdout.
    console.log(args.length === 1 && word !== undefined ? unknownAction(name, word) : usage(name));
    return 1;
  }
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
