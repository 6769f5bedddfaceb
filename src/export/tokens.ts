import { TokenRefresher } from "../managed/ensure-validity.ts";
import { refreshPorts } from "../managed/refresh-ports.ts";
import { readManagedRegistries } from "../managed/registries.ts";
import { restrictToArguments } from "../managed/registry-arguments.ts";
import { type OutputTokens, outputTokens } from "../outputs/tokens.ts";
import type { AppContext } from "../provider/context.ts";
import type { Context } from "../terminal/command-context.ts";
import { Progress } from "../terminal/progress.ts";
import { Failure } from "../token/failure.ts";

/**
 * The tokens of these registries, or of all managed registries and their aliases. Tokens that are valid for less than
 * `asked` are renewed first. Returns all tokens or none.
 *
 * @param minValidity minimum validity in milliseconds; undefined: the tokens must be fresh, as `status` defines it
 * @returns undefined if a token can't be fetched; the reason has been printed
 * @throws Failure NOTHING_KEPT, NOT_ECR, OVERTAKEN, and if config.yaml is invalid
 */
export async function tokensToExport(
  hosts: readonly string[],
  minValidity: number | undefined,
  app: AppContext,
  { env, printFailure }: Context,
): Promise<OutputTokens | undefined> {
  const { managed: all, config } = await readManagedRegistries(app);
  const managed = hosts.length === 0 ? all : await restrictToArguments(hosts, all, app);
  const { jobs, unattended } = managed.plan;
  for (const note of unattended) printFailure(Failure.from(note));
  if (jobs.length === 0) {
    throw new Failure(
      "NOTHING_KEPT",
      "there is no token to export: no registry is managed",
      "name registries",
    );
  }
  let hasFailed = false;
  const progress = new Progress(process.stderr, env, "making sure", jobs.length);
  const refreshing = new TokenRefresher(
    refreshPorts(app, () => managed, minValidity),
    minValidity,
    async () => false,
  );
  await refreshing.refreshAll(jobs, progress, ({ failure }) => {
    if (!failure) return;
    hasFailed = true;
    printFailure(failure);
  });
  if (hasFailed) return undefined;
  const aliases = hosts.length === 0 ? config.aliases : {};
  const tokens = await outputTokens(app, managed, { ...config, aliases });
  for (const { host } of jobs.flatMap(({ registries }) => registries)) {
    if (tokens.logins.has(host)) continue;
    throw new Failure("OVERTAKEN", `the token of ${host} was removed at the same time`, "try again");
  }
  return tokens;
}
