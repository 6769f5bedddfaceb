import { Argument, Command, Option } from "commander";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { type Place, placesOf } from "../completion/places.ts";
import { zshScript } from "../completion/zsh.ts";
import { readConfig } from "../config/read.ts";
import { configuredRegistries } from "../config/registries.ts";
import { createAppContext } from "../provider/context.ts";
import type { Context } from "../terminal/command-context.ts";
import { Failure } from "../token/failure.ts";

// Written for this program: the libraries for this task run the command line while completing it, or need other
// packages.
const scripts: Readonly<Record<string, (program: string, places: readonly Place[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/**
 * `completion`: prints a script with which a shell completes this program's commands, options and registries.
 *
 * @param wholeProgram all commands
 */
export function completionCommand(context: Context, wholeProgram: () => Promise<Command>): Command {
  return new Command("completion")
    .summary("print a completion script for a shell")
    .description("Completes commands, options and the names of managed registries.")
    .addArgument(new Argument("[SHELL]", "the shell").choices(Object.keys(scripts)))
    .addOption(new Option("--registries", "for the scripts: registries, one per line").hideHelp())
    .addHelpText(
      "after",
      `
Examples:
  eval "$(docker-credential-ecr completion bash)"
  source <(docker-credential-ecr completion zsh)
  docker-credential-ecr completion fish | source

install.sh installs the scripts in the folders of bash-completion, zsh and fish.`,
    )
    .action(async (shell: string | undefined, { registries }: { registries?: boolean }) => {
      if (registries) return printRegistries(context);
      const write = scripts[shell ?? ""];
      if (!write) throw new Failure("USAGE", "no shell was named", "give bash, zsh or fish");
      const program = await wholeProgram();
      context.print(write(program.name(), placesOf(program)).trimEnd());
    });
}

/** Prints the registries of config.yaml and those with a token file. Prints no errors, since the user has only pressed Tab. */
async function printRegistries({ env, home, print }: Context): Promise<void> {
  const { folders, store } = await createAppContext(env, home);
  const configured = await readConfig(folders).then(configuredRegistries, () => []);
  const hosts = new Set([...configured.map(({ host }) => host), ...(await store.hosts())]);
  if (hosts.size > 0) print([...hosts].sort().join("\n"));
}
