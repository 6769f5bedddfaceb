import { forEachConcurrent } from "../limits/concurrency.ts";
import type { AuthorizationEntry } from "../token/entry.ts";
import { type Clock, elapsed } from "../token/life.ts";
import { afterFailure, afterPublishing, afterToken, needsPublishing } from "./after-attempt.ts";
import { type Outcome, publish, renew } from "./attempt.ts";
import { checkTokens } from "./check-tokens.ts";
import { decideRenewal, type RenewalDecision, refreshDue } from "./due.ts";
import type { Job } from "./job.ts";
import { pauseLeft } from "./pause.ts";
import type { FailedJob, PassReport, RefreshPorts } from "./ports.ts";
import { countAttempt } from "./renewal-counts.ts";
import { type FailingJob, tokenTimes } from "./renewal-failure.ts";
import type { GroupState, RefresherState } from "./state.ts";
import { syncGroups, withGroups } from "./sync-groups.ts";
import type { Random, Timing } from "./timing.ts";
import { usualTiming } from "./timing.ts";

export interface PassOptions {
  readonly timing?: Timing;
  /** Ends the pass: running steps are abandoned and not recorded. */
  readonly stop?: AbortSignal;
}

/**
 * One pass: renews the tokens that are due, and writes the missing token files of registries. Never rejects, and takes
 * no longer than the time limits of its calls. Only one pass may run at a time.
 *
 * @param jobs see `planRefresh`; each key once
 * @param state the result of the last pass; it is not modified
 */
export async function refreshPass(
  ports: RefreshPorts,
  jobs: readonly Job[],
  state: RefresherState,
  random: Random,
  { timing = usualTiming, stop = new AbortController().signal }: PassOptions = {},
): Promise<{ state: RefresherState; report: PassReport }> {
  const cached = await ports.read(jobs.map(({ key }) => key));
  const clock = ports.clock();
  const synced = syncGroups(state, jobs, cached, clock, random, timing);
  const { state: checked, refused } = await checkTokens(ports, jobs, cached, synced, stop, timing);
  const { due, waiting, nextIn } = refreshDue(jobs, cached, checked, clock);
  const pass = new Pass(ports, checked.groups, random, timing, stop);
  // Files first: writing them is quick, while a call may hang.
  const unpublished = jobs.filter((job) =>
    needsPublishing(checked.groups[job.key], job, cached.get(job.key), clock),
  );
  await forEachConcurrent(unpublished, timing.concurrency, (job) => pass.publish(job, cached.get(job.key)));
  await forEachConcurrent(due, timing.concurrency, (decision) => pass.renew(decision));
  const { renewed, failed, superseded } = pass;
  const skipped = waiting.map(({ job }) => job);
  const wakeAt = Math.min(pass.nextDueAt(due), clock.now + nextIn);
  const after = withGroups(checked, pass.changed);
  const failing = jobs.flatMap((job) => failingJob(job, cached.get(job.key), after.groups[job.key], clock));
  const report = {
    renewed,
    failed,
    superseded,
    skipped,
    failing,
    refused,
    ...(wakeAt < Infinity && { wakeAt }),
  };
  return { state: after, report };
}

/** The job in a list if its last attempt failed. If its token is no longer stored, the times are those of its plan. */
function failingJob(
  job: Job,
  entry: AuthorizationEntry | undefined,
  group: GroupState | undefined,
  clock: Clock,
): readonly FailingJob[] {
  const { failure, issue } = group ?? {};
  if (!failure) return [];
  const token = tokenTimes(entry?.life, issue, clock);
  const { since, at, wait } = failure;
  const retryAt = clock.now + pauseLeft(wait, clock);
  return [{ job, note: failure, since, at, retryAt, ...(token && { token }) }];
}

/** A running pass and its results. */
class Pass {
  readonly renewed: Job[] = [];
  readonly failed: FailedJob[] = [];
  readonly superseded: Job[] = [];
  readonly changed = new Map<string, GroupState>();
  private readonly fetched = new Map<string, AuthorizationEntry>();

  constructor(
    private readonly ports: RefreshPorts,
    private readonly before: RefresherState["groups"],
    private readonly random: Random,
    private readonly timing: Timing,
    private readonly stop: AbortSignal,
  ) {}

  /** When the first of the jobs that were due is due again; milliseconds since the epoch. */
  nextDueAt(due: readonly RenewalDecision[]): number {
    const clock = this.ports.clock();
    const next = due.map(({ job, entry }) => {
      const cached = this.fetched.get(job.key) ?? entry;
      return clock.now + decideRenewal(job, cached, this.group(job), clock).dueIn;
    });
    return Math.min(...next);
  }

  async renew(decision: RenewalDecision): Promise<void> {
    if (this.stop.aborted) return;
    const { ports, random, timing } = this;
    const { job, entry } = decision;
    const began = ports.clock();
    const outcome = await renew(job, entry, ports, this.stop, timing);
    const clock = ports.clock();
    const rested: GroupState = { ...this.group(job), rest: { from: clock, length: timing.cooldown } };
    const group = withAttempt(rested, outcome, elapsed(began, clock));
    if (outcome.kind === "superseded") {
      this.changed.set(job.key, group);
      this.superseded.push(job);
    }
    if (outcome.kind === "failed") {
      this.changed.set(job.key, afterFailure(group, decision, outcome.failure, clock, random, timing));
      this.failed.push({ job, failure: outcome.failure, step: "renew" });
    }
    if (outcome.kind === "done") {
      this.changed.set(job.key, afterToken(group, decision, outcome.entry, clock, random, timing));
      this.fetched.set(job.key, outcome.entry);
      this.renewed.push(job);
      await this.publish(job, outcome.entry);
    }
  }

  async publish(job: Job, entry: AuthorizationEntry | undefined): Promise<void> {
    const { ports, timing } = this;
    if (!entry || this.stop.aborted || !needsPublishing(this.group(job), job, entry, ports.clock())) return;
    const outcome = await publish(job, entry, ports, this.stop, timing);
    if (outcome.kind === "done") this.changed.set(job.key, afterPublishing(this.group(job), job, entry));
    if (outcome.kind === "failed") this.failed.push({ job, failure: outcome.failure, step: "publish" });
    if (outcome.kind === "superseded") this.superseded.push(job);
  }

  private group({ key }: Job): GroupState {
    return this.changed.get(key) ?? this.before[key] ?? {};
  }
}

/** Counts an attempt that has a result: one that was stopped or superseded has none. @param duration milliseconds */
function withAttempt(group: GroupState, { kind }: Outcome, duration: number): GroupState {
  if (kind !== "done" && kind !== "failed") return group;
  const result = kind === "done" ? "succeeded" : "failed";
  return { ...group, counts: countAttempt(group.counts, result, duration) };
}
