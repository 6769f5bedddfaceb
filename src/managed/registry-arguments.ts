import { durationOption } from "../config/duration.ts";
import { almostEcrProblem, hostRegionProblem } from "../config/region-names.ts";
import { conditionsOf } from "../provider/conditions.ts";
import { groupJobs } from "../refresher/group.ts";
import type { ManagedRegistry } from "../refresher/managed-registry.ts";
import type { Plan } from "../refresher/plan.ts";
import { readServerUrl } from "../registry/server-url.ts";
import type { StoredTokens } from "../store/tokens/token-store.ts";
import { Failure } from "../token/failure.ts";
import type { ManagedRegistries } from "./registries.ts";

/**
 * The registries that were named on the command line. To be named counts as being asked for: one that nobody keeps is
 * learnt by it, as by a cold get.
 *
 * @throws Failure NOT_ECR
 */
export async function restrictToArguments(
  named: readonly string[],
  managed: ManagedRegistries,
  { files, now }: Pick<StoredTokens, "files" | "now">,
): Promise<ManagedRegistries> {
  const kept: ManagedRegistry[] = [];
  for (const name of new Set(named)) {
    const url = readServerUrl(name);
    const registry =
      url.kind === "ecr"
        ? url.registry
        : url.kind === "other"
          ? await managed.provider.aliased(url.host)
          : undefined;
    if (!registry) {
      const almost = almostEcrProblem(name);
      if (almost) throw new Failure("NOT_ECR", `${JSON.stringify(name)}: ${almost.what}`, almost.fix);
      const what = `${JSON.stringify(name)} is not an Amazon ECR registry`;
      throw new Failure("NOT_ECR", what, "give it as ACCOUNT.dkr.ecr.REGION.amazonaws.com");
    }
    const problem = hostRegionProblem(registry);
    if (problem) throw new Failure("NOT_ECR", `${JSON.stringify(name)}: ${problem.what}`, problem.fix);
    if (kept.some((one) => one.registry.host === registry.host)) continue;
    const registration = await managed.provider.resolveRegistration(registry);
    const { identity, authorization } = registration;
    const conditions = conditionsOf(registration, files);
    const job = { registry, identity, authorization, conditions };
    kept.push({ ...job, origin: "configured", lastColdGetAt: now() });
  }
  const plan: Plan = { jobs: groupJobs(kept), unattended: [], forgotten: [] };
  return { ...managed, kept, plan };
}

/** What `--min-validity` says, in milliseconds; undefined: nothing. @throws Failure USAGE */
export function minValidityOf(given: string | undefined): number | undefined {
  return given === undefined ? undefined : durationOption("--min-validity", given, "30m, 2h or 1h30m");
}
