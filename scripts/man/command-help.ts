import type { Command } from "commander";

/** The output of a command's --help, 80 columns wide. */
export function helpOf(command: Command): string {
  const before = command.configureOutput();
  let text = "";
  command.configureOutput({ ...before, writeOut: (part) => (text += part), getOutHelpWidth: () => 80 });
  command.outputHelp();
  command.configureOutput(before);
  return text;
}

/** The command lines under "Examples:" in its help, unchanged. */
export function examplesOf(command: Command): string[] {
  const [, after = ""] = helpOf(command).split(/^Examples?:\n/m);
  const block = after.split(/\n(?! )/)[0] ?? "";
  return block
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.slice(2));
}
