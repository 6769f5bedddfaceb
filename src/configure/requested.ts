import { ecrLoginName } from "../clients/docker/ecr-login.ts";
import type { Wiring } from "../clients/docker/edit-config.ts";
import { hostRegionProblem } from "../config/region-names.ts";
import { seenKeeping } from "../managed/registries.ts";
import { openSurroundings } from "../provider/context.ts";
import { readServerUrl } from "../registry/server-url.ts";
import type { Context } from "../terminal/command-context.ts";
import { Failure } from "../token/failure.ts";
import type { ConfigureOptions } from "./options.ts";

/**
 * What a person has said Docker is to ask this helper for; undefined where nothing was said.
 *
 * @throws Failure NOT_ECR, NOTHING_KEPT, and what reading config.yaml throws
 */
export async function wiringSaid(
  registries: readonly string[],
  options: ConfigureOptions,
  context: Context,
): Promise<Wiring | undefined> {
  if (options.all || options.import) return { kind: "all" };
  if (options.replaceEcrLogin) return { kind: "instead-of", helper: ecrLoginName };
  if (options.allKept) return { kind: "hosts", hosts: await keptHosts(context) };
  if (registries.length > 0) return { kind: "hosts", hosts: registries.map(hostOf) };
  return options.removeStaleAuths ? { kind: "hosts", hosts: [] } : undefined;
}

/** For a person. */
export function namedIn(wiring: Wiring): string {
  if (wiring.kind === "all") return "all registries";
  if (wiring.kind === "instead-of") return `all that it asked ${wiring.helper} for`;
  if (wiring.hosts.length === 1) return String(wiring.hosts[0]);
  if (wiring.hosts.length === 0) return "the same as before";
  return wiring.hosts.map((host) => `\n  ${host}`).join("");
}

async function keptHosts({ env, home, print }: Context): Promise<readonly string[]> {
  const { keeping } = await seenKeeping(await openSurroundings(env, home));
  for (const { registry, isKnown } of keeping.sources) {
    if (isKnown) continue;
    print(`the replication rules of ${registry.host} were never read: run 'daemon --once', then this again`);
  }
  const forgotten = new Set(keeping.plan.forgotten);
  const kept = keeping.kept.filter((one) => !forgotten.has(one)).map(({ registry }) => registry.host);
  if (kept.length > 0) return kept;
  const mend = "name registries here or in config.yaml, or use one first";
  throw new Failure("NOTHING_KEPT", "no registry is kept", mend);
}

function hostOf(registry: string): string {
  const url = readServerUrl(registry);
  const problem = url.kind === "ecr" ? hostRegionProblem(url.registry) : undefined;
  if (problem) throw new Failure("NOT_ECR", `${JSON.stringify(registry)}: ${problem.what}`, problem.mend);
  if (url.kind === "ecr") return url.registry.host;
  const why = url.kind === "malformed" ? url.reason : "it is not an Amazon ECR registry";
  throw new Failure(
    "NOT_ECR",
    `${JSON.stringify(registry)} was not wired: ${why}`,
    "give it as ACCOUNT.dkr.ecr.REGION.amazonaws.com",
  );
}
