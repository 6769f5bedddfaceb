import { Command } from "commander";
import { parseDuration } from "../config/duration.ts";
import { groupJobs } from "../refresher/group.ts";
import { eachOf } from "../refresher/guard.ts";
import type { Kept, Plan } from "../refresher/plan.ts";
import { usualTiming } from "../refresher/timing.ts";
import { readServerUrl } from "../registry/server-url.ts";
import { Failure } from "../token/failure.ts";
import { conditionsOf } from "./conditions.ts";
import type { Context } from "./context.ts";
import { type Keeping, seenKeeping } from "./keeping.ts";
import { keepOutputs } from "./outputs.ts";
import { Refreshing } from "./refresh-job.ts";
import { refreshPorts } from "./refreshing.ts";
import { openSurroundings, type Surroundings } from "./surroundings.ts";

interface Options {
  readonly minValidity?: string;
  readonly force?: boolean;
}

/** `refresh`: makes sure of so much life now. */
export function refreshCommand(context: Context): Command {
  return new Command("refresh")
    .summary("make sure now that tokens have enough life left")
    .description("For the named registries, or for all that are kept. Exit 1 if it can't be had.")
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
  const given = options.minValidity;
  const asked = given === undefined ? undefined : parseDuration(given);
  if (given !== undefined && asked === undefined) {
    throw new Failure("USAGE", "--min-validity is no duration", "give it as 30m, 2h or 1h30m");
  }
  const around = await openSurroundings(context.env, context.home);
  const { keeping: found } = await seenKeeping(around);
  const keeping = named.length === 0 ? found : await onlyNamed(named, found, around);
  const ports = refreshPorts(around, () => keeping, asked);
  const refreshing = new Refreshing(ports, asked, options.force === true);
  const { jobs, unattended } = keeping.plan;
  // Nobody can have them in the background, so that they are not had is no failure of this command.
  for (const { code, what, mend } of unattended) context.printError(new Failure(code, what, mend).oneLine);
  const failed = (failure: Failure) => {
    context.printError(failure.oneLine);
    context.exitWith(1);
  };
  await eachOf(jobs, usualTiming.atOnce, async (job) => {
    const { lines, failure } = await refreshing.of(job);
    for (const line of lines) context.print(line);
    if (failure) failed(failure);
  });
  // Anew, since a registry that was named is kept from now on.
  const { keeping: now, config } = await seenKeeping(around);
  for (const failure of (await keepOutputs(around, now, config)).failures) failed(failure);
}

/** To be named here counts as being asked for: a registry that nobody keeps is learnt by it, as by a cold get. */
async function onlyNamed(
  named: readonly string[],
  keeping: Keeping,
  { files, now }: Surroundings,
): Promise<Keeping> {
  const kept: Kept[] = [];
  for (const name of new Set(named)) {
    const url = readServerUrl(name);
    const registry =
      url.kind === "ecr"
        ? url.registry
        : url.kind === "other"
          ? await keeping.asking.aliased(url.host)
          : undefined;
    if (!registry) {
      const what = `${JSON.stringify(name)} is not an Amazon ECR registry`;
      throw new Failure("NOT_ECR", what, "give it as ACCOUNT.dkr.ecr.REGION.amazonaws.com");
    }
    if (kept.some((one) => one.registry.host === registry.host)) continue;
    const registration = await keeping.asking.registrationOf(registry);
    const { identity, authorization } = registration;
    const conditions = conditionsOf(registration, files);
    const job = { registry, identity, authorization, conditions };
    kept.push({ ...job, origin: "configured", lastColdGetAt: now() });
  }
  const plan: Plan = { jobs: groupJobs(kept), unattended: [], forgotten: [] };
  return { ...keeping, kept, plan };
}
