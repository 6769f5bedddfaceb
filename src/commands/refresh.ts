import { Command } from "commander";
import { readStamped } from "../config/stamped.ts";
import { Refreshing } from "../managed/ensure-validity.ts";
import { explicitLogin } from "../managed/logins.ts";
import { refreshPorts } from "../managed/refresh-ports.ts";
import { readManagedRegistries } from "../managed/registries.ts";
import { minValidityOf, restrictToArguments } from "../managed/registry-arguments.ts";
import { noRegistriesMessage, waitingEntries } from "../managed/registry-rows.ts";
import { syncReplicationRules } from "../managed/replication.ts";
import { withRequested } from "../managed/requested.ts";
import { updateOutputs } from "../outputs/outputs.ts";
import { createAppContext } from "../provider/context.ts";
import type { Context } from "../terminal/command-context.ts";
import { Progress } from "../terminal/progress.ts";
import { Failure } from "../token/failure.ts";

interface Options {
  readonly minValidity?: string;
  readonly force?: boolean;
}

/** `refresh`: renews tokens that have too little life left. */
export function refreshCommand(context: Context): Command {
  return new Command("refresh")
    .summary("make sure now that tokens have enough life left")
    .description(
      "For the named registries, or for all that are kept or that Docker is configured to ask this helper for; then replication rules are read anew too. Exit 1 if it can't be had.",
    )
    .argument("[REGISTRY...]", "host names of ECR registries")
    .option(
      "--min-validity <duration>",
      "as 30m or 2h; default: minValidity of config.yaml, at most half of a token's life",
    )
    .option("--force", "a new token whatever lies there")
    .addHelpText("after", "\nExample:\n  docker-credential-ecr refresh --min-validity 2h")
    .action((registries: string[], options: Options) => refresh(registries, options, context));
}

async function refresh(named: readonly string[], options: Options, context: Context): Promise<void> {
  const asked = minValidityOf(options.minValidity);
  const app = await createAppContext(context.env, context.home);
  await app.store.forgetKeychainFailure();
  const failed = (failure: Failure) => {
    context.printFailure(failure);
    context.exitWith(1);
  };
  // A user who has just changed replication rules need not wait for the daemon to read them.
  const seen = await readStamped(app.folders.configFile, app.files.stamp);
  const followed = named.length === 0 ? await syncReplicationRules(app, seen, { anew: true }) : undefined;
  for (const failure of followed?.failed ?? []) failed(failure);
  const { managed: found, config: before } = await readManagedRegistries(app, seen);
  await app.store.convertEncryption(before.store);
  const managed =
    named.length === 0 ? await withRequested(found, app) : await restrictToArguments(named, found, app);
  const ports = refreshPorts(app, () => managed, asked);
  const { jobs, unattended } = managed.plan;
  if (managed.kept.length === 0) {
    const waiting = waitingEntries(
      { registries: [], kept: { managed, config: before } },
      app.folders.configFile,
    );
    for (const line of waiting) context.printError(line);
    if (waiting.length === 0 && process.stderr.isTTY) context.printError(noRegistriesMessage);
  }
  // Tokens that can't be renewed in the background are not a failure of this command.
  for (const note of unattended) context.printFailure(Failure.from(note));
  const refreshing = new Refreshing(ports, asked, options.force === true);
  const progress = new Progress(process.stderr, context.env, "refreshing", jobs.length);
  await refreshing.ofAll(jobs, progress, ({ lines, failure }) => {
    for (const line of lines) context.print(line);
    if (failure) failed(failure);
  });
  for (const { registry } of managed.kept) {
    const login = await explicitLogin(registry.host, app);
    if (login?.failure) failed(login.failure);
    else if (login) context.printError(`${registry.host}: ${login.note}`);
  }
  // Anew, since a registry that was named is kept from now on.
  const { managed: now, config } = await readManagedRegistries(app);
  for (const failure of (await updateOutputs(app.folders.state, app, now, config)).failures) failed(failure);
}
