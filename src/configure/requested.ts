import { ecrLoginName } from "../clients/docker/ecr-login.ts";
import type { HelperConfig } from "../clients/docker/edit-config.ts";
import { almostEcrProblem, hostRegionProblem, unknownRegionNote } from "../config/region-names.ts";
import { readManagedRegistries } from "../managed/registries.ts";
import { createAppContext } from "../provider/context.ts";
import { parseHost } from "../registry/host.ts";
import { readServerUrl } from "../registry/server-url.ts";
import type { Context } from "../terminal/command-context.ts";
import { Failure } from "../token/failure.ts";
import { foreignName } from "../token/foreign-text.ts";
import type { ConfigureOptions } from "./options.ts";

/**
 * The registries that the arguments select; undefined if there are none.
 *
 * @throws Failure NOT_ECR, NOTHING_KEPT, and what reading config.yaml throws
 */
export async function requestedConfig(
  registries: readonly string[],
  options: ConfigureOptions,
  context: Context,
): Promise<HelperConfig | undefined> {
  if (options.all || options.import) return { kind: "all" };
  if (options.replaceEcrLogin) return { kind: "instead-of", helper: ecrLoginName };
  if (options.allKept) return { kind: "hosts", hosts: await managedHosts(context) };
  if (registries.length > 0) return { kind: "hosts", hosts: registries.map(hostOf) };
  return options.removeStaleAuths ? { kind: "hosts", hosts: [] } : undefined;
}

/** A description for users. */
export function describeRegistries(helperConfig: HelperConfig): string {
  if (helperConfig.kind === "all") return "all registries";
  if (helperConfig.kind === "instead-of") return `all registries of ${helperConfig.helper}`;
  if (helperConfig.hosts.length === 1) return String(helperConfig.hosts[0]);
  return helperConfig.hosts.map((host) => `\n  ${host}`).join("");
}

/** Notes about regions of named hosts that may be misspelt, one line each. */
export function regionNotes(helperConfig: HelperConfig): readonly string[] {
  if (helperConfig.kind !== "hosts") return [];
  const regions = new Set(helperConfig.hosts.flatMap((host) => parseHost(host)?.region ?? []));
  return [...regions].flatMap((region) => unknownRegionNote(region) ?? []);
}

async function managedHosts({ env, home, print }: Context): Promise<readonly string[]> {
  const { managed } = await readManagedRegistries(await createAppContext(env, home));
  for (const { registry, isKnown } of managed.sources) {
    if (isKnown) continue;
    print(
      `the replication rules of ${registry.host} were never read: run 'daemon --once', then this command again`,
    );
  }
  const forgotten = new Set(managed.plan.unused);
  const hosts = managed.registries.filter((one) => !forgotten.has(one)).map(({ registry }) => registry.host);
  if (hosts.length > 0) return hosts;
  const fix = "name registries here or in config.yaml, or pull from one first";
  throw new Failure("NOTHING_KEPT", "there are no managed registries", fix);
}

function hostOf(registry: string): string {
  const url = readServerUrl(registry);
  const problem = url.kind === "ecr" ? hostRegionProblem(url.registry) : undefined;
  if (problem)
    throw new Failure("NOT_ECR", `${JSON.stringify(foreignName(registry))}: ${problem.what}`, problem.fix);
  if (url.kind === "ecr") return url.registry.host;
  const almost = url.kind === "other" ? almostEcrProblem(url.host) : undefined;
  if (almost)
    throw new Failure("NOT_ECR", `${JSON.stringify(foreignName(registry))}: ${almost.what}`, almost.fix);
  if (url.kind === "other") throw notEcr(url.host);
  throw new Failure(
    "NOT_ECR",
    `${JSON.stringify(foreignName(registry))} is not the host of a registry: ${url.reason}`,
    "use ACCOUNT.dkr.ecr.REGION.amazonaws.com",
  );
}

function notEcr(host: string): Failure {
  const what = `${host} is not an Amazon ECR registry`;
  const fix = `log in to it with 'docker login ${host}'; for this helper to store such logins too: docker-credential-ecr configure-docker --import`;
  return new Failure("NOT_ECR", what, fix);
}
