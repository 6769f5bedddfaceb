import type { Argument, Command, Option } from "commander";

/** The possible words at a position of the command line. `free`: any text. */
export type Values =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "registries" | "files" | "free" };

/** An option with all its names. */
export interface Flag {
  readonly names: readonly string[];
  readonly description: string;
  readonly isRepeatable: boolean;
  /** The option's value; absent: the option has none. */
  readonly value?: { readonly name: string; readonly values: Values };
}

export interface Operand {
  readonly name: string;
  readonly isVariadic: boolean;
  readonly values: Values;
}

/** The program or one of its commands, and what can follow it. */
export interface Place {
  /** The names of the commands that lead to it; empty: the program itself. */
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly flags: readonly Flag[];
  readonly operands: readonly Operand[];
}

/** The program and all its commands at any depth, without those that the help hides. */
export function placesOf(command: Command, path: readonly string[] = []): Place[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const place: Place = {
    path,
    commands: commands.map((each) => ({ name: each.name(), summary: help.subcommandDescription(each) })),
    flags: help.visibleOptions(command).map(flagOf),
    operands: command.registeredArguments.map(operandOf),
  };
  return [place, ...commands.flatMap((each) => placesOf(each, [...path, each.name()]))];
}

function flagOf(option: Option): Flag {
  const { short, long, description, required, optional, variadic, flags, argChoices } = option;
  const name = /[<[]([^>\]]*?)(?:\.\.\.)?[>\]]/.exec(flags)?.[1] ?? "";
  return {
    names: [short, long].filter((each) => each !== undefined),
    description,
    isRepeatable: variadic,
    ...((required || optional) && { value: { name, values: valuesOf(name, argChoices) } }),
  };
}

function operandOf(argument: Argument): Operand {
  const name = argument.name();
  return { name, isVariadic: argument.variadic, values: valuesOf(name, argument.argChoices) };
}

/** From the choices, which may also be in the name ("json|yaml"), else from the value's name in the help. */
function valuesOf(name: string, choices: readonly string[] | undefined): Values {
  if (choices) return { kind: "words", words: choices };
  if (/^[\w-]+(\|[\w-]+)+$/.test(name)) return { kind: "words", words: name.split("|") };
  if (/^registr(y|ies)$/i.test(name)) return { kind: "registries" };
  return { kind: /^(file|path|folder|dir)$/i.test(name) ? "files" : "free" };
}
