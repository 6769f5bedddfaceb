import { Command, Option } from "commander";
import { checkClientFile, openClientFile } from "../clients/files/client-file.ts";
import { changesFile, configureFile, plannedDifference } from "../configure/apply.ts";
import { configDifference, planRegistrations, writeConfig } from "../configure/config-file.ts";
import { configureNotes } from "../configure/notes.ts";
import { type ConfigureOptions, checkOptions } from "../configure/options.ts";
import { buildConfigurePlan } from "../configure/plan.ts";
import { configurePodmanForAll } from "../configure/podman.ts";
import { describeRegistries, regionNotes, requestedConfig } from "../configure/requested.ts";
import { ownerOf, sudoHint } from "../configure/sudo-hint.ts";
import { configureTarget } from "../configure/target.ts";
import type { Context } from "../terminal/command-context.ts";
import { Declined, isAffirmative, terminalPrompt } from "../terminal/prompt.ts";
import { wrapped } from "../terminal/wrap.ts";

/** `configure-docker`: makes Docker call this helper, for named registries or for all, and undoes it. */
export function configureDockerCommand(context: Context): Command {
  return new Command("configure-docker")
    .summary("make Docker ask this helper for your registries")
    .description(
      "Writes Docker's config.json ($DOCKER_CONFIG or ~/.docker) and keeps all else in it. Without registries it proposes those that it finds, with the AWS profiles of their accounts for config.yaml, and asks.",
    )
    .argument("[REGISTRY...]", "host names of ECR registries, for credHelpers")
    .option("--all", "every registry that no other helper is named for (credsStore)")
    .option("--all-kept", "each registry that 'registries' lists, replication targets too")
    .option("--yes", "take what is proposed, ask nothing")
    .addOption(
      new Option(
        "--profile <name>",
        "of several AWS profiles of one account, the one that serves it; may be repeated",
      ).argParser((name: string, before: readonly string[] = []) => [...before, name]),
    )
    .option("--check", "request a token for each registry afterwards, as on a terminal")
    .option("--no-check", "request none")
    .option("--import", "--all, and move the logins in config.json and those of the former credsStore here")
    .option("--replace-ecr-login", "take over from AWS's own helper wherever it is named")
    .option("--remove-stale-auths", "take ECR tokens out of config.json that this helper makes useless")
    .option("--replace", "take the place of another helper, or of a login")
    .option("--podman", "write the files of podman, skopeo and buildah instead")
    .option("--dry-run", "show what would change and change nothing")
    .option("--undo", "take this helper out again and put back what it replaced")
    .option("--everywhere", "with --undo: in every file that this helper was put into")
    .option("--leave-logins", "with --undo: logins that were imported stay where they are kept")
    .option("--export", "--undo, and write every login that is kept here into config.json")
    .addOption(new Option("--leave", "what install.sh --uninstall asks for").hideHelp())
    .addHelpText(
      "after",
      `
Examples:
  docker-credential-ecr configure-docker
  docker-credential-ecr configure-docker --yes --dry-run
  docker-credential-ecr configure-docker \\
    111122223333.dkr.ecr.us-east-1.amazonaws.com public.ecr.aws
  docker-credential-ecr configure-docker --all --dry-run
  docker-credential-ecr configure-docker --import
  docker-credential-ecr configure-docker --replace-ecr-login
  docker-credential-ecr configure-docker --podman --all-kept
  docker-credential-ecr configure-docker --undo`,
    )
    .action((registries: string[], options: ConfigureOptions) => configure(registries, options, context));
}

async function configure(
  registries: readonly string[],
  options: ConfigureOptions,
  context: Context,
): Promise<void> {
  checkOptions(registries, options);
  const { env, home, print } = context;
  const tell = (text: string) => print(wrapped(text));
  const { podman = false, dryRun = false, replace = false } = options;
  if (options.leave) return (await import("./uninstall.ts")).leave(dryRun, context);
  const target = await configureTarget(env, home, podman);
  const person = terminalPrompt();
  if (options.undo || options.export) {
    const { undoAll } = await import("../configure/undo.ts");
    return await undoAll(target, options, context, person);
  }
  const hint = sudoHint(env, process.geteuid?.() ?? -1, target.path, await ownerOf(target.path));
  if (hint !== undefined) tell(hint);
  if (podman && options.all) {
    const done = await configurePodmanForAll(env, home, target.state, { dryRun, replace });
    return "diff" in done ? print(done.diff) : tell(done.message);
  }

  const file = await openClientFile(target.path);
  const before = file.text;
  const said = await requestedConfig(registries, options, context);
  const proposal = said
    ? undefined
    : await (await import("../configure/propose.ts")).propose(target, before, options, context, person);
  const helperConfig = said ?? { kind: "hosts", hosts: proposal?.hosts ?? [] };
  const plan = await buildConfigurePlan(target, before, helperConfig, options, context);
  const config = proposal && (await planRegistrations(proposal, tell));
  const isDockerChanged = changesFile(before, plan);
  const shown = () => [
    ...(isDockerChanged || !config ? [plannedDifference(target, before, plan)] : []),
    ...(config ? [configDifference(config)] : []),
  ];
  if (dryRun) print(shown().join("\n"));
  else if (proposal && !options.yes && person && (proposal.hosts.length > 0 || config)) {
    const differences = shown();
    print(differences.join("\n"));
    const question = differences.length > 1 ? "Write both? [Y/n] " : "Write this? [Y/n] ";
    if (!isAffirmative(await person.ask(question), true)) throw new Declined();
  }
  if (config && !dryRun) {
    // What Docker's file refuses is known before config.yaml is written, which comes first: Docker must not ask under
    // another identity.
    if (isDockerChanged) await checkClientFile(file);
    await writeConfig(config);
    tell(`${config.file}: written`);
  }
  const isWritten = !dryRun && (await configureFile(target, file, plan));
  if (!dryRun) {
    const done = `${target.program} now asks this helper for ${describeRegistries(helperConfig)}`.replace(
      " \n",
      "\n",
    );
    tell(`${target.path}: ${isWritten ? done : "nothing to change"}`);
  }
  for (const note of regionNotes(helperConfig)) tell(note);
  for (const note of await configureNotes(target, before, plan, { env, home, dryRun })) tell(note);
  if (dryRun) return;
  const isChanged = isWritten || config !== undefined;
  const hosts = proposal?.affected ?? (helperConfig.kind === "hosts" ? helperConfig.hosts : []);
  if (options.check ?? (proposal && person && isChanged)) {
    await (await import("../configure/verify.ts")).checkTokens(hosts, context);
  }
}
