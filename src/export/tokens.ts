import { Refreshing } from "../managed/ensure-validity.ts";
import { refreshPorts } from "../managed/refresh-ports.ts";
import { readManagedRegistries } from "../managed/registries.ts";
import { restrictToArguments } from "../managed/registry-arguments.ts";
import { type OutputTokens, outputTokens } from "../outputs/tokens.ts";
import type { AppContext } from "../provider/context.ts";
import type { Context } from "../terminal/command-context.ts";
import { Progress } from "../terminal/progress.ts";
import { Failure } from "../token/failure.ts";

/**
 * The tokens of these registries, or of all managed registries and their aliases. Tokens with less life than requested
 * are renewed first. Returns all tokens or none.
 *
 * @param asked milliseconds; absent: what `status` calls fresh
 * @returns undefined if a token can't be fetched; the reason has been printed
 * @throws Failure NOTHING_KEPT, NOT_ECR, OVERTAKEN, and if config.yaml can't be used
 */
export async function tokensToExport(
  named: readonly string[],
  asked: number | undefined,
  app: AppContext,
  { env, printFailure }: Context,
): Promise<OutputTokens | undefined> {
  const { managed: found, config } = await readManagedRegistries(app);
  const managed = named.length === 0 ? found : await restrictToArguments(named, found, app);
  const { jobs, unattended } = managed.plan;
  for (const note of unattended) printFailure(Failure.from(note));
  if (jobs.length === 0) {
    throw new Failure("NOTHING_KEPT", "there is no token to export: no registry is kept", "name registries");
  }
  let hasFailed = false;
  const progress = new Progress(process.stderr, env, "making sure", jobs.length);
  const refreshing = new Refreshing(
    refreshPorts(app, () => managed, asked),
    asked,
    false,
  );
  await refreshing.ofAll(jobs, progress, ({ failure }) => {
    if (!failure) return;
    hasFailed = true;
    printFailure(failure);
  });
  if (hasFailed) return undefined;
  const aliases = named.length === 0 ? config.aliases : {};
  const tokens = await outputTokens(app, managed, { ...config, aliases });
  for (const { host } of jobs.flatMap(({ registries }) => registries)) {
    if (tokens.logins.has(host)) continue;
    throw new Failure("OVERTAKEN", `the token of ${host} was taken away at the same time`, "try again");
  }
  return tokens;
}
