import { forEachConcurrent } from "../limits/concurrency.ts";
import { type Outcome, publish, renew } from "../refresher/attempt.ts";
import type { Job } from "../refresher/job.ts";
import type { RefreshPorts } from "../refresher/ports.ts";
import { renewalFailure, tokenTimes } from "../refresher/renewal-failure.ts";
import { usualTiming } from "../refresher/timing.ts";
import type { Progress } from "../terminal/progress.ts";
import { readableDuration } from "../terminal/words.ts";
import { Failure } from "../token/failure.ts";
import { type Life, lifeLength, lifeState, timeLeft } from "../token/life.ts";

/** The result of one job: a line for each registry with a token, and why the token is missing or too short-lived. */
export interface RefreshResult {
  readonly lines: readonly string[];
  readonly failure?: Failure;
}

/** Makes sure that tokens are valid for a minimum time. */
export class TokenRefresher {
  private readonly stop = new AbortController().signal;

  /**
   * @param minValidity the minimum time in milliseconds; undefined: the tokens must be fresh, as `status` defines it
   * @param mustRenew whether to fetch a new token for the key of a job even if the stored one is valid for long enough
   */
  constructor(
    private readonly ports: RefreshPorts,
    private readonly minValidity: number | undefined,
    private readonly mustRenew: (key: string) => Promise<boolean>,
  ) {}

  /** @param report called for each job as it ends */
  async refreshAll(
    jobs: readonly Job[],
    progress: Progress,
    report: (result: RefreshResult) => void,
  ): Promise<void> {
    await forEachConcurrent(jobs, usualTiming.concurrency, async (job) => {
      const result = await this.refresh(job);
      progress.step(result.failure !== undefined, () => report(result));
    });
    progress.clear();
  }

  async refresh(job: Job): Promise<RefreshResult> {
    let outcome = await this.renewAndPublish(job);
    // Another process changed the token at the same time: use that token if it is sufficient, else fetch again.
    if (outcome.kind === "superseded") outcome = await this.renewAndPublish(job);
    if (outcome.kind === "failed")
      return { lines: [], failure: await this.withTokenTimes(job, outcome.failure) };
    if (outcome.kind !== "done") return { lines: [], failure: changedMeanwhile(job) };
    const { life } = outcome.entry;
    const left = readableDuration(timeLeft(life, this.ports.clock()));
    const lines = job.registries.map(({ host }) => `${host}: ${left} left`);
    // The lifetime, not the time left: a moment has passed since the token was checked.
    const lifetime = lifeLength(life);
    return lifetime >= (this.minValidity ?? 0) ? { lines } : { lines, failure: tooShort(job, lifetime) };
  }

  private async renewAndPublish(job: Job): Promise<Outcome> {
    const { ports, stop } = this;
    const cached = (await ports.read([job.key])).get(job.key);
    const isEnough = cached && this.isSufficient(cached.life) && !(await this.mustRenew(job.key));
    const entry = isEnough ? cached : undefined;
    const outcome = entry
      ? ({ kind: "done", entry } as const)
      : await renew(job, cached, ports, stop, usualTiming);
    return outcome.kind === "done" ? publish(job, outcome.entry, ports, stop, usualTiming) : outcome;
  }

  /** Adds to a failure until when the stored token is valid, if there is one. */
  private async withTokenTimes(job: Job, failure: Failure): Promise<Failure> {
    const clock = this.ports.clock();
    const stored = (await this.ports.read([job.key])).get(job.key);
    const token = tokenTimes(stored?.life, undefined, clock);
    const { code, message, fix } = failure;
    return renewalFailure(
      { code, what: message, fix },
      undefined,
      token,
      clock.now,
      job.endpointRegistry.host,
    );
  }

  private isSufficient(life: Life): boolean {
    const clock = this.ports.clock();
    return this.minValidity === undefined
      ? lifeState(life, clock) === "fresh"
      : timeLeft(life, clock) >= this.minValidity;
  }
}

function changedMeanwhile({ identity, region }: Job): Failure {
  const what = `the token of ${identity} in ${region} was changed by another process at the same time`;
  return new Failure("OVERTAKEN", what, "try again");
}

function tooShort({ identity, region }: Job, lifetime: number): Failure {
  const what = `AWS gives ${identity} in ${region} tokens of ${readableDuration(lifetime)}, less than was asked for`;
  return new Failure("LIFE_TOO_SHORT", what, "ask for less with --min-validity");
}
