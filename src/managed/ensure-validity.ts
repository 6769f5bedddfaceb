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

/** What came of one job: a line for each registry that has a token now, and why it has none or a short one. */
export interface Refreshed {
  readonly lines: readonly string[];
  readonly failure?: Failure;
}

/** Makes sure of the life of one job's token after another, or of several at once. */
export class Refreshing {
  private readonly stop = new AbortController().signal;

  /** @param asked milliseconds of life; absent: what `status` calls fresh */
  constructor(
    private readonly ports: RefreshPorts,
    private readonly asked: number | undefined,
    private readonly force: boolean,
  ) {}

  /** @param tell of one job after another, as they end */
  async ofAll(jobs: readonly Job[], progress: Progress, tell: (refreshed: Refreshed) => void): Promise<void> {
    await forEachConcurrent(jobs, usualTiming.atOnce, async (job) => {
      const refreshed = await this.of(job);
      progress.step(refreshed.failure !== undefined, () => tell(refreshed));
    });
    progress.clear();
  }

  async of(job: Job): Promise<Refreshed> {
    let outcome = await this.renewAndServe(job);
    // Another process was at it in the same moment: what that left may do, else it is asked for anew.
    if (outcome.kind === "overtaken") outcome = await this.renewAndServe(job);
    if (outcome.kind === "failed") return { lines: [], failure: await this.failed(job, outcome.failure) };
    if (outcome.kind !== "done") return { lines: [], failure: overtaken(job) };
    const { life } = outcome.entry;
    const left = readableDuration(timeLeft(life, this.ports.clock()));
    const lines = job.registries.map(({ host }) => `${host}: ${left} left`);
    // Not by what is left now: of a token that was just enough a moment has gone by since.
    const whole = lifeLength(life);
    return whole >= (this.asked ?? 0) ? { lines } : { lines, failure: tooShort(job, whole) };
  }

  private async renewAndServe(job: Job): Promise<Outcome> {
    const { ports, stop } = this;
    const cached = (await ports.read([job.key])).get(job.key);
    const entry = cached && !this.force && this.isEnough(cached.life) ? cached : undefined;
    const outcome = entry
      ? ({ kind: "done", entry } as const)
      : await renew(job, cached, ports, stop, usualTiming);
    return outcome.kind === "done" ? publish(job, outcome.entry, ports, stop, usualTiming) : outcome;
  }

  /** Says until when the token is valid that is stored, where there is one. */
  private async failed(job: Job, failure: Failure): Promise<Failure> {
    const clock = this.ports.clock();
    const stored = (await this.ports.read([job.key])).get(job.key);
    const token = tokenTimes(stored?.life, undefined, clock);
    const { code, message, fix } = failure;
    return renewalFailure({ code, what: message, fix }, undefined, token, clock.now, job.askThrough.host);
  }

  private isEnough(life: Life): boolean {
    const clock = this.ports.clock();
    return this.asked === undefined
      ? lifeState(life, clock) === "fresh"
      : timeLeft(life, clock) >= this.asked;
  }
}

function overtaken({ identity, region }: Job): Failure {
  const what = `the token of ${identity} in ${region} was changed by another at the same time`;
  return new Failure("OVERTAKEN", what, "try again");
}

function tooShort({ identity, region }: Job, whole: number): Failure {
  const what = `AWS gives ${identity} in ${region} tokens of ${readableDuration(whole)}, less than was asked for`;
  return new Failure("LIFE_TOO_SHORT", what, "ask for less with --min-validity");
}
