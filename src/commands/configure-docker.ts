import { Command, Option } from "commander";
import { checkClientFile, openClientFile } from "../clients/files/client-file.ts";
import { changesFile, configureFile, plannedDifference } from "../configure/apply.ts";
import {
  configDifference,
  describeEntries,
  planRegistrations,
  writeConfig,
} from "../configure/config-file.ts";
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

/** `configure-docker`: makes Docker use this helper for named registries or for all, and undoes it. */
export function configureDockerCommand(context: Context): Command {
  return new Command("configure-docker")
    .summary("make Docker use this helper for your registries")
    .description(
      "Edits Docker's config.json ($DOCKER_CONFIG or ~/.docker); other settings stay unchanged. Without registries it proposes those that it finds, with the AWS profiles of their accounts for config.yaml, and asks.",
    )
    .argument("[REGISTRY...]", "host names of ECR registries, for credHelpers")
    .option("--all", "every registry that has no other helper (credsStore)")
    .option("--all-kept", "each registry that 'registries' lists, replication targets too")
    .option("--yes", "accept what is proposed without a question")
    .addOption(
      new Option(
        "--profile <name>",
        "if several AWS profiles have one account, the one to use; may be repeated",
      ).argParser((name: string, before: readonly string[] = []) => [...before, name]),
    )
    .option("--check", "request a token for each registry afterwards; default on a terminal")
    .option("--no-check", "request no tokens")
    .option("--import", "--all, and import the logins in config.json and of the previous credsStore")
    .option("--replace-ecr-login", "replace AWS's own helper wherever it is configured")
    .option("--remove-stale-auths", "remove ECR tokens from config.json that this helper makes useless")
    .option("--replace", "replace another helper, or a login")
    .option("--podman", "edit the files of podman, skopeo and buildah instead")
    .option("--dry-run", "show what would change and change nothing")
    .option("--undo", "restore what this command has changed")
    .option("--everywhere", "with --undo: in every file that this helper was added to")
    .option("--leave-logins", "with --undo: keep imported logins where they are stored")
    .option("--export", "--undo, and write every login that is stored here to config.json")
    .addOption(new Option("--leave", "for install.sh --uninstall").hideHelp())
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
  const printWrapped = (text: string) => print(wrapped(text));
  const { podman = false, dryRun = false, replace = false } = options;
  if (options.leave) return (await import("./uninstall.ts")).cleanUp(dryRun, context);
  const target = await configureTarget(env, home, podman);
  const prompt = terminalPrompt();
  if (options.undo || options.export) {
    const { undoAll } = await import("../configure/undo.ts");
    return await undoAll(target, options, context, prompt);
  }
  const hint = sudoHint(env, process.geteuid?.() ?? -1, target.path, await ownerOf(target.path));
  if (hint !== undefined) printWrapped(hint);
  if (podman && options.all) {
    const done = await configurePodmanForAll(env, home, target.state, { dryRun, replace });
    return "diff" in done ? print(done.diff) : printWrapped(done.message);
  }

  const file = await openClientFile(target.path);
  const before = file.text;
  const requested = await requestedConfig(registries, options, context);
  const proposal = requested
    ? undefined
    : await (await import("../configure/propose.ts")).propose(target, before, options, context, prompt);
  const helperConfig = requested ?? { kind: "hosts", hosts: proposal?.hosts ?? [] };
  const plan = await buildConfigurePlan(target, before, helperConfig, options, context);
  const config = proposal && (await planRegistrations(proposal, printWrapped));
  const isDockerChanged = changesFile(before, plan);
  const shown = () => [
    ...(isDockerChanged || !config ? [plannedDifference(target, before, plan)] : []),
    ...(config ? [configDifference(config)] : []),
  ];
  if (dryRun) print(shown().join("\n"));
  else if (proposal && !options.yes && prompt && (proposal.hosts.length > 0 || config)) {
    const differences = shown();
    print(differences.join("\n"));
    const question = differences.length > 1 ? "Write both? [Y/n] " : "Write this? [Y/n] ";
    if (!isAffirmative(await prompt.ask(question), true)) throw new Declined();
  }
  if (config && !dryRun) {
    // config.yaml is written first, so that Docker never requests a token with another identity. Before that, check that
    // Docker's file can be written.
    if (isDockerChanged) await checkClientFile(file);
    // The record first: without it, --undo would leave the entries.
    await (await import("../configure/undo-config.ts")).recordConfig(config, target.state, target.path);
    await writeConfig(config);
    // After a question, the user has seen the entries.
    const entries = options.yes ? `; profiles of accounts: ${describeEntries(config.registrations)}` : "";
    printWrapped(`${config.file}: written${entries}`);
  }
  const isWritten = !dryRun && (await configureFile(target, file, plan));
  if (!dryRun) {
    const done = `${target.program} now uses this helper for ${describeRegistries(helperConfig)}`.replace(
      " \n",
      "\n",
    );
    const isSelection = helperConfig.kind !== "hosts" || helperConfig.hosts.length > 0;
    const result = isSelection ? done : "written";
    printWrapped(`${target.path}: ${isWritten ? result : "nothing to change"}`);
  }
  for (const note of regionNotes(helperConfig)) printWrapped(note);
  for (const note of await configureNotes(target, before, plan, { env, home, dryRun })) printWrapped(note);
  if (dryRun) return;
  if (proposal && proposal.undecided.length > 0) {
    const { undecidedFailure } = await import("../configure/propose.ts");
    for (const each of proposal.undecided) context.printFailure(undecidedFailure(each));
    context.exitWith(1);
  }
  const isChanged = isWritten || config !== undefined;
  const hosts = proposal?.affected ?? (helperConfig.kind === "hosts" ? helperConfig.hosts : []);
  if (options.check ?? (proposal && prompt && isChanged)) {
    await (await import("../configure/verify.ts")).checkTokens(hosts, context);
  }
}
