import { TokenRefresher } from "../managed/ensure-validity.ts";
import { refreshPorts } from "../managed/refresh-ports.ts";
import { readManagedRegistries } from "../managed/registries.ts";
import { restrictToArguments } from "../managed/registry-arguments.ts";
import { createAppContext } from "../provider/context.ts";
import { parseHost } from "../registry/host.ts";
import type { Context } from "../terminal/command-context.ts";
import { Progress } from "../terminal/progress.ts";

/**
 * Requests a token for each private registry, as a pull would, and reports the result. Public registries can be pulled
 * from without a token.
 *
 * @returns whether all private registries have a token
 */
async function verifyTokens(hosts: readonly string[], context: Context): Promise<boolean> {
  const { env, home, print, printFailure } = context;
  const named = hosts.filter((host) => parseHost(host)?.kind === "private");
  if (named.length === 0) return true;
  const app = await createAppContext(env, home);
  const { managed: all } = await readManagedRegistries(app);
  const managed = await restrictToArguments(named, all, app);
  const { jobs } = managed.plan;
  const refreshing = new TokenRefresher(
    refreshPorts(app, () => managed),
    undefined,
    async () => true,
  );
  let isGood = true;
  const progress = new Progress(process.stderr, env, "requesting", jobs.length);
  await refreshing.refreshAll(jobs, progress, ({ lines, failure }) => {
    for (const line of lines) print(`token for ${line}`);
    if (!failure) return;
    isGood = false;
    printFailure(failure);
  });
  return isGood;
}

/** Verifies the tokens as the last step of a command: prints the next step, and sets the exit code. */
export async function checkTokens(hosts: readonly string[], context: Context): Promise<void> {
  const [first] = hosts;
  if (first === undefined) return;
  if (await verifyTokens(hosts, context)) return context.print(`Next: docker pull ${first}/REPOSITORY:TAG`);
  context.print(`Next: fix that, then run: docker-credential-ecr doctor ${first}`);
  context.exitWith(1);
}
