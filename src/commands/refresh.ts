import { Command } from "commander";
import { readStamped } from "../config/stamped.ts";
import { updateSecretsOnce } from "../daemon/secret-updates.ts";
import { TokenRefresher } from "../managed/ensure-validity.ts";
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

/** `refresh`: renews tokens that are not valid for long enough. */
export function refreshCommand(context: Context): Command {
  return new Command("refresh")
    .summary("renew tokens now that are not valid for long enough")
    .description(
      "Renews tokens of the named registries. Without a name: of all managed ones and of those that Docker uses this helper for, and replication rules are read again too. Exit 1 if a token can't be renewed.",
    )
    .argument("[REGISTRY...]", "host names of ECR registries")
    .option(
      "--min-validity <duration>",
      "such as 30m or 2h; default: minValidity of config.yaml, at most half of a token's life",
    )
    .option("--force", "fetch new tokens even if the stored ones are fresh")
    .addHelpText("after", "\nExample:\n  docker-credential-ecr refresh --min-validity 2h")
    .action((registries: string[], options: Options) => refresh(registries, options, context));
}

async function refresh(named: readonly string[], options: Options, context: Context): Promise<void> {
  const minValidity = minValidityOf(options.minValidity);
  const app = await createAppContext(context.env, context.home);
  await app.store.forgetKeychainFailure();
  const failed = (failure: Failure) => {
    context.printFailure(failure);
    context.exitWith(1);
  };
  // A user who has just changed replication rules need not wait for the daemon to read them.
  const stamped = await readStamped(app.folders, app.files.stamp);
  const followed =
    named.length === 0 ? await syncReplicationRules(app, stamped, { readAll: true }) : undefined;
  for (const failure of followed?.failed ?? []) failed(failure);
  const { managed: all, config: previousConfig } = await readManagedRegistries(app, stamped);
  if (previousConfig.notRead) context.printFailure(previousConfig.notRead);
  else await app.store.convertEncryption(previousConfig.store);
  const managed =
    named.length === 0 ? await withRequested(all, app) : await restrictToArguments(named, all, app);
  const ports = refreshPorts(app, () => managed, minValidity);
  const { jobs, unattended } = managed.plan;
  if (managed.registries.length === 0) {
    const waiting = waitingEntries(
      { registries: [], loaded: { managed, config: previousConfig } },
      app.folders.configFile,
    );
    for (const line of waiting) context.printError(line);
    if (waiting.length === 0 && process.stderr.isTTY) context.printError(noRegistriesMessage);
  }
  // Tokens that can't be renewed in the background are not a failure of this command.
  for (const note of unattended) context.printError(`skipped: ${Failure.from(note).oneLine}`);
  // After a failed attempt, `status` reports the token until one succeeds.
  const mustRenew = async (key: string) =>
    options.force === true || (await app.store.readFailure(key)) !== undefined;
  const refreshing = new TokenRefresher(ports, minValidity, mustRenew);
  const progress = new Progress(process.stderr, context.env, "refreshing", jobs.length);
  await refreshing.refreshAll(jobs, progress, ({ lines, failure }) => {
    for (const line of lines) context.print(line);
    if (failure) failed(failure);
  });
  for (const { registry } of managed.registries) {
    const login = await explicitLogin(registry.host, app);
    if (login?.failure) failed(login.failure);
    else if (login) context.printError(`${registry.host}: ${login.note}`);
  }
  // Listed again, since a registry that was named is managed from now on.
  const { managed: current, config } = await readManagedRegistries(app);
  for (const failure of (await updateOutputs(app.folders.state, app, current, config)).failures)
    failed(failure);
  const { signal } = new AbortController();
  for (const failure of await updateSecretsOnce(app, [current, config], signal)) failed(failure);
}
