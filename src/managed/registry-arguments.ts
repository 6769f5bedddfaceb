import { durationOption } from "../config/duration.ts";
import { almostEcrProblem, hostRegionProblem } from "../config/region-names.ts";
import { conditionsOf } from "../provider/conditions.ts";
import { groupJobs } from "../refresher/group.ts";
import type { ManagedRegistry } from "../refresher/managed-registry.ts";
import type { Plan } from "../refresher/plan.ts";
import { readServerUrl } from "../registry/server-url.ts";
import type { StoredTokens } from "../store/tokens/token-store.ts";
import { Failure } from "../token/failure.ts";
import { foreignName } from "../token/foreign-text.ts";
import type { ManagedRegistries } from "./registries.ts";

/**
 * The registries that were named on the command line. Naming one counts as using it: a registry that is not managed yet
 * is then discovered, as by a cold get.
 *
 * @throws Failure NOT_ECR
 */
export async function restrictToArguments(
  names: readonly string[],
  managed: ManagedRegistries,
  { files, now }: Pick<StoredTokens, "files" | "now">,
): Promise<ManagedRegistries> {
  const registries: ManagedRegistry[] = [];
  for (const name of new Set(names)) {
    const url = readServerUrl(name);
    const registry =
      url.kind === "ecr"
        ? url.registry
        : url.kind === "other"
          ? await managed.provider.resolveAlias(url.host)
          : undefined;
    if (!registry) {
      const almost = almostEcrProblem(name);
      if (almost)
        throw new Failure("NOT_ECR", `${JSON.stringify(foreignName(name))}: ${almost.what}`, almost.fix);
      const what = `${JSON.stringify(foreignName(name))} is not an Amazon ECR registry`;
      throw new Failure("NOT_ECR", what, "give it as ACCOUNT.dkr.ecr.REGION.amazonaws.com");
    }
    const problem = hostRegionProblem(registry);
    if (problem)
      throw new Failure("NOT_ECR", `${JSON.stringify(foreignName(name))}: ${problem.what}`, problem.fix);
    if (registries.some((one) => one.registry.host === registry.host)) continue;
    const registration = await managed.provider.resolveRegistration(registry);
    const { identity, authorization } = registration;
    const conditions = conditionsOf(registration, files);
    const job = { registry, identity, authorization, conditions };
    registries.push({ ...job, origin: "configured", lastColdGetAt: now() });
  }
  const plan: Plan = { jobs: groupJobs(registries), unattended: [], unused: [] };
  return { ...managed, registries, plan };
}

/** The value of `--min-validity` in milliseconds; undefined if it is not given. @throws Failure USAGE */
export function minValidityOf(value: string | undefined): number | undefined {
  return value === undefined ? undefined : durationOption("--min-validity", value, "30m, 2h or 1h30m");
}
