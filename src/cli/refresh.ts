import { Command } from "commander";
import { parseDuration } from "../config/duration.ts";
import { renew, serve } from "../refresher/attempt.ts";
import { groupJobs } from "../refresher/group.ts";
import type { Job } from "../refresher/job.ts";
import type { Kept, Plan } from "../refresher/plan.ts";
import { usualTiming } from "../refresher/timing.ts";
import { readServerUrl } from "../registry/server-url.ts";
import { fingerprint } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { timeLeft } from "../token/life.ts";
import type { Context } from "./context.ts";
import { type Keeping, seenKeeping } from "./keeping.ts";
import { keepOutputs } from "./outputs.ts";
import { readHeld, refreshPorts } from "./refreshing.ts";
import { openSurroundings } from "./surroundings.ts";
import { readable } from "./table.ts";

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
    .option("--min-validity <duration>", "as 30m or 2h; default: minValidity of config.yaml")
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
  const wanted = asked ?? found.minValidity;
  const keeping = named.length === 0 ? found : await onlyNamed(named, found);
  const ports = refreshPorts(around, () => keeping, wanted);
  const stop = new AbortController().signal;
  const failed = (failure: Failure) => {
    context.printError(failure.oneLine);
    context.exitWith(1);
  };
  for (const { code, what, mend } of keeping.plan.unattended) failed(new Failure(code, what, mend));
  for (const job of keeping.plan.jobs) {
    const lying = (await readHeld(around, [job.key], keeping.minValidity)).get(job.key);
    const enough = lying !== undefined && !options.force && timeLeft(lying.life, ports.clock()) >= wanted;
    const outcome = enough
      ? ({ kind: "done", entry: lying } as const)
      : await renew(job, lying, ports, stop, usualTiming);
    const served =
      outcome.kind === "done" ? await serve(job, outcome.entry, ports, stop, usualTiming) : outcome;
    if (served.kind === "failed") failed(served.failure);
    else if (served.kind !== "done") failed(overtaken(job));
    else {
      const left = timeLeft(served.entry.life, ports.clock());
      for (const { host } of job.registries) context.print(`${host}: ${readable(left)} left`);
      if (left < wanted) failed(tooShort(job, left));
    }
  }
  // Anew, since a registry that was named may be kept from now on.
  const { keeping: now, config } = await seenKeeping(around);
  for (const failure of (await keepOutputs(around, now, config)).failures) failed(failure);
}

async function onlyNamed(named: readonly string[], keeping: Keeping): Promise<Keeping> {
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
    const { identity, authorization, dependencies } = await keeping.asking.registrationOf(registry);
    const conditions = fingerprint(dependencies).slice(0, 16);
    kept.push({ registry, identity, authorization, conditions, origin: "configured" });
  }
  const plan: Plan = { jobs: groupJobs(kept), unattended: [], forgotten: [] };
  return { ...keeping, kept, plan };
}

function overtaken({ identity, region }: Job): Failure {
  const what = `the token of ${identity} in ${region} was changed by another at the same time`;
  return new Failure("OVERTAKEN", what, "try again");
}

function tooShort({ identity, region }: Job, left: number): Failure {
  const what = `AWS gives ${identity} in ${region} tokens of ${readable(left)}, less than was asked for`;
  return new Failure("LIFE_TOO_SHORT", what, "ask for less with --min-validity");
}
