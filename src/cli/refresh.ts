import { Command } from "commander";
import { parseDuration } from "../config/duration.ts";
import { type Outcome, renew, serve } from "../refresher/attempt.ts";
import { groupJobs } from "../refresher/group.ts";
import { eachOf } from "../refresher/guard.ts";
import type { Job } from "../refresher/job.ts";
import type { Kept, Plan } from "../refresher/plan.ts";
import type { RefreshPorts } from "../refresher/ports.ts";
import { usualTiming } from "../refresher/timing.ts";
import { readServerUrl } from "../registry/server-url.ts";
import { Failure } from "../token/failure.ts";
import { type Life, lifeState, timeLeft } from "../token/life.ts";
import { conditionsOf } from "./conditions.ts";
import type { Context } from "./context.ts";
import { type Keeping, seenKeeping } from "./keeping.ts";
import { refreshPorts } from "./refreshing.ts";
import { openSurroundings, type Surroundings } from "./surroundings.ts";
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
  await eachOf(jobs, usualTiming.atOnce, async (job) => {
    const { lines, failure } = await refreshing.of(job);
    for (const line of lines) context.print(line);
    if (!failure) return;
    context.printError(failure.oneLine);
    context.exitWith(1);
  });
}

/** What came of one job: a line for each registry that has a token now, and why it has none or a short one. */
interface Refreshed {
  readonly lines: readonly string[];
  readonly failure?: Failure;
}

class Refreshing {
  private readonly stop = new AbortController().signal;

  /** @param asked milliseconds of life; absent: what `status` calls fresh */
  constructor(
    private readonly ports: RefreshPorts,
    private readonly asked: number | undefined,
    private readonly force: boolean,
  ) {}

  async of(job: Job): Promise<Refreshed> {
    let outcome = await this.renewAndServe(job);
    // Another process was at it in the same moment: what that left may do, else it is asked for anew.
    if (outcome.kind === "overtaken") outcome = await this.renewAndServe(job);
    if (outcome.kind === "failed") return { lines: [], failure: outcome.failure };
    if (outcome.kind !== "done") return { lines: [], failure: overtaken(job) };
    const { life } = outcome.entry;
    const left = readable(timeLeft(life, this.ports.clock()));
    const lines = job.registries.map(({ host }) => `${host}: ${left} left`);
    // Not by what is left now: of a token that was just enough a moment has gone by since.
    const whole = life.expiresAt - life.issuedAt;
    return whole >= (this.asked ?? 0) ? { lines } : { lines, failure: tooShort(job, whole) };
  }

  private async renewAndServe(job: Job): Promise<Outcome> {
    const { ports, stop } = this;
    const lying = (await ports.read([job.key])).get(job.key);
    const entry = lying && !this.force && this.isEnough(lying.life) ? lying : undefined;
    const outcome = entry
      ? ({ kind: "done", entry } as const)
      : await renew(job, lying, ports, stop, usualTiming);
    return outcome.kind === "done" ? serve(job, outcome.entry, ports, stop, usualTiming) : outcome;
  }

  private isEnough(life: Life): boolean {
    const clock = this.ports.clock();
    return this.asked === undefined
      ? lifeState(life, clock) === "fresh"
      : timeLeft(life, clock) >= this.asked;
  }
}

async function onlyNamed(
  named: readonly string[],
  keeping: Keeping,
  { files }: Surroundings,
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
    kept.push({ registry, identity, authorization, conditions, origin: "configured" });
  }
  const plan: Plan = { jobs: groupJobs(kept), unattended: [], forgotten: [] };
  return { ...keeping, kept, plan };
}

function overtaken({ identity, region }: Job): Failure {
  const what = `the token of ${identity} in ${region} was changed by another at the same time`;
  return new Failure("OVERTAKEN", what, "try again");
}

function tooShort({ identity, region }: Job, whole: number): Failure {
  const what = `AWS gives ${identity} in ${region} tokens of ${readable(whole)}, less than was asked for`;
  return new Failure("LIFE_TOO_SHORT", what, "ask for less with --min-validity");
}
