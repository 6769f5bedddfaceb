import type { Command } from "commander";
import { wholeProgram } from "../../src/commands/run.ts";

/** The program with all its commands, which print nothing. */
export function silentProgram(): Promise<Command> {
  const silent = () => {};
  return wholeProgram({
    env: {},
    home: "/",
    print: silent,
    printError: silent,
    printFailure: silent,
    exitWith: silent,
  });
}

/** A command and all below it. */
export function commandsOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

/** "docker-credential-ecr service install" */
export function spellOut(command: Command): string {
  return command.parent ? `${spellOut(command.parent)} ${command.name()}` : command.name();
}
