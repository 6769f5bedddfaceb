import { Command } from "commander";
import { foldersOf } from "../config/folders.ts";
import { overlaps } from "../config/overlaps.ts";
import { checkConfig, parseConfig } from "../config/parse.ts";
import { readConfigText } from "../config/read.ts";
import { unknownRegionNote } from "../config/region-names.ts";
import { configTemplate } from "../config/template.ts";
import { editConfigFile, installedSchema } from "../configure/config-file.ts";
import { checkIdentities } from "../provider/check-identities.ts";
import { openFastFiles } from "../store/files/open-fast-files.ts";
import type { Context } from "../terminal/command-context.ts";
import { plural } from "../terminal/words.ts";
import { Failure } from "../token/failure.ts";

/** `config`: checks, writes or locates config.yaml. */
export function configCommand(context: Context): Command {
  const command = new Command("config")
    .summary("check, write or locate config.yaml")
    .description("Checks config.yaml, writes an example, or prints its path.");
  const sub = (name: string, summary: string, description: string, action: () => Promise<void>) =>
    command
      .command(name)
      .summary(summary)
      .description(description)
      .addHelpText("after", `\nExample:\n  docker-credential-ecr config ${name}`)
      .action(action);
  sub(
    "check",
    "report all problems of config.yaml",
    "Reports every problem with its line and its fix, also of the AWS profiles that it names. Requests nothing from AWS and runs no program. Exit 1 if there is a problem.",
    () => check(context),
  );
  sub(
    "init",
    "write an example of config.yaml",
    "Writes a config.yaml with comments. An existing file is not changed.",
    () => init(context),
  );
  sub("path", "print the path of config.yaml", "Prints the path, whether the file exists or not.", () =>
    path(context),
  );
  return command.addHelpText("after", "\nExample:\n  docker-credential-ecr config check");
}

async function configFile({ env, home }: Context): Promise<string> {
  return foldersOf(env, home, await openFastFiles()).configFile;
}

async function path(context: Context): Promise<void> {
  context.print(await configFile(context));
}

async function check(context: Context): Promise<void> {
  const { env, home = "", print, printError, printFailure, exitWith } = context;
  const files = await openFastFiles();
  const folders = foldersOf(env, context.home, files);
  const file = folders.configFile;
  const text = await readConfigText(folders);
  if (text instanceof Failure) {
    printFailure(text);
    return exitWith(1);
  }
  if (text === undefined) {
    return print(`${file} does not exist: every registry uses the default AWS credential chain`);
  }
  const problems = checkConfig(text, file);
  for (const problem of problems) printFailure(problem);
  if (problems.length > 0) return exitWith(1);
  const config = parseConfig(text, file);
  const machine = { env, home, readStamp: files.stamp };
  const { problems: refused, notes, missingFiles } = await checkIdentities(config, file, machine);
  for (const failure of refused) printFailure(failure);
  for (const { message, fix } of notes) printError(`${message}. In this environment: ${fix}`);
  if (missingFiles !== undefined) printError(missingFiles);
  if (refused.length > 0) return exitWith(1);
  const identities = plural(Object.keys(config.identities).length, "identity", "identities");
  const entries = plural(config.registries.length, "entry of registries", "entries of registries");
  print(`${file}: OK, ${identities}, ${entries}`);
  for (const { target, line } of config.registries) {
    const regions = target.kind === "account" ? (target.regions ?? []) : [];
    for (const region of regions) {
      const note = unknownRegionNote(region);
      if (note !== undefined) print(`${file}:${line}: ${note}`);
    }
  }
  for (const { what, winner, loser } of overlaps(config)) {
    print(`${file}:${loser.line}: for ${what} line ${winner.line} is used`);
  }
}

async function init(context: Context): Promise<void> {
  const file = await configFile(context);
  const text = configTemplate(installedSchema());
  await editConfigFile(file, async (before) => {
    if (before === undefined) return text;
    throw new Failure("CONFIG_EXISTS", `${file} already exists`, "edit it, or rename it first");
  });
  context.print(`${file}: written; edit it, then run: docker-credential-ecr config check`);
}
