import { Command } from "commander";
import type { Config } from "../config/config.ts";
import { overlaps } from "../config/overlaps.ts";
import { checkStateFolder } from "../doctor/checks/folders.ts";
import {
  noRegistriesMessage,
  originJson,
  type RegistryRow,
  readRegistryRows,
  waitingEntries,
} from "../managed/registry-rows.ts";
import { listUnmanaged } from "../managed/requested.ts";
import { type AppContext, createAppContext } from "../provider/context.ts";
import type { Context } from "../terminal/command-context.ts";
import { table } from "../terminal/table.ts";
import { Failure } from "../token/failure.ts";

/** `registries`: lists the managed registries and why they are managed. */
export function registriesCommand(context: Context): Command {
  return new Command("registries")
    .summary("list the managed registries with their identities")
    .description(
      "Lists the registries whose tokens are renewed: those in config.yaml, replication targets, and those discovered from use; then those that Docker's config names and that have no token yet. Exit 1 if the state folder can't be used, or if config.yaml is invalid; then the registries with stored tokens are listed.",
    )
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  docker-credential-ecr registries --json")
    .action(({ json }: { json?: boolean }) => show(json === true, context));
}

async function show(json: boolean, context: Context): Promise<void> {
  const { env, home, print, printError, printFailure, exitWith } = context;
  const app = await createAppContext(env, home);
  const shown = await readRegistryRows(app);
  const { registries, loaded, configError } = shown;
  const folder = await checkStateFolder(app.folders.state);
  const isUnusable = folder.status === "failed";
  if (isUnusable) {
    printFailure(
      Failure.from({ code: folder.code ?? "STATE_FOLDER", what: folder.seen, fix: folder.fix ?? "" }),
    );
    exitWith(1);
  }
  const overlapping = loaded ? overlapsOf(loaded.config) : [];
  if (configError) {
    printFailure(configError);
    exitWith(1);
  }
  if (json) {
    const listed = registries.map(({ host, account, region, origin, source, identity, unattended }) => {
      return {
        registry: host,
        account,
        region,
        origin: originJson(origin),
        ...(source !== undefined && { source }),
        identity,
        unattended: unattended !== undefined,
      };
    });
    const error = configError && { configError: configError.oneLine };
    return print(
      JSON.stringify({ version: 1, registries: listed, overlaps: overlapping, ...error }, undefined, 2),
    );
  }
  const known = new Set(registries.map(({ host }) => host));
  const unmanaged = await listUnmanaged(known, loaded?.managed.provider, app);
  const without = await hostsWithoutToken(registries, app);
  const rows = [
    ...registries.map((one) => {
      const state = without.has(one.host) ? noToken : "";
      return [one.host, `${originText(one)}${state}`, one.identity];
    }),
    ...unmanaged.map(({ host, origin, identity }) => [host, `${origin}${noToken}`, identity]),
  ];
  if (rows.length > 0) print(table([["REGISTRY", "ORIGIN", "IDENTITY"], ...rows]));
  const waiting = waitingEntries(shown, app.folders.configFile);
  if (loaded && !isUnusable && rows.length === 0 && waiting.length === 0) printError(noRegistriesMessage);
  for (const line of waiting) print(line);
  for (const { what, winner, loser, why } of overlapping) {
    const because = why === "first" ? "it comes first" : "it is more specific";
    print(`${what}: line ${winner} of config.yaml is used, not line ${loser}: ${because}`);
  }
}

const noToken = ", no token yet";

/** The hosts for which no token of their present identity was ever fetched, as far as the stored files show. */
async function hostsWithoutToken(
  registries: readonly RegistryRow[],
  { store }: AppContext,
): Promise<ReadonlySet<string>> {
  const hosts = new Set<string>();
  for (const { host, authorization } of registries) {
    if (await store.readAuthorization(authorization)) continue;
    // The authorization token is removed an hour after its expiry, the registry's file later.
    const own = await store.readRegistry(host);
    if (own?.authorization !== authorization) hosts.add(host);
  }
  return hosts;
}

function originText({ origin, source, unattended }: RegistryRow): string {
  const text = origin ?? "-";
  if (unattended) return `${text}, not renewed`;
  return source === undefined ? text : `${text} of ${source}`;
}

function overlapsOf(config: Config) {
  return overlaps(config).map(({ what, winner, loser, why }) => {
    return { what, winner: winner.line, loser: loser.line, why };
  });
}
