import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { unknownAction, usage } from "../helper/wire.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { configureDockerCommand } from "./configure-docker.ts";

const name = "docker-credential-ecr";

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
  const program = new Command(name).exitOverride().helpCommand(false);
  program
    .usage("<store|get|erase|list|version>  (Docker asks these)\n       docker-credential-ecr COMMAND")
    .addCommand(configureDockerCommand(env, home, (text) => console.log(text)).exitOverride());
  if (args.length === 1 && (word === "-h" || word === "--help")) {
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
    return 0;
  } catch (error) {
    // Commander has printed its own.
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof Failure)) throw error;
    console.error(`${name}: ${error.oneLine}`);
    return 1;
  }
}
