import { forEachConcurrent } from "../limits/concurrency.ts";
import type { AuthorizationEntry } from "../token/entry.ts";
import { type Clock, elapsed } from "../token/life.ts";
import { afterFailure, afterPublishing, afterToken, needsPublishing } from "./after-attempt.ts";
import { type Outcome, publish, renew } from "./attempt.ts";
import { checkTokens } from "./check-tokens.ts";
import { decideRenewal, type RenewalDecision, refreshDue } from "./due.ts";
import type { Job } from "./job.ts";
import type { FailedJob, PassReport, RefreshPorts } from "./ports.ts";
import { countAttempt } from "./renewal-counts.ts";
import { type FailingJob, tokenTimes } from "./renewal-failure.ts";
import type { GroupState, RefresherState } from "./state.ts";
import { syncGroups, withGroups } from "./sync-groups.ts";
import type { Random, Timing } from "./timing.ts";
import { usualTiming } from "./timing.ts";

export interface PassOptions {
  readonly timing?: Timing;
  /** Ends the pass: what runs is given up and nothing is noted of it. */
  readonly stop?: AbortSignal;
}

/**
 * One pass: has the tokens that are due renewed, and the files of registries that lack theirs written. Never
 * rejects, and takes no longer than the time limits of its calls. One pass at a time.
 *
 * @param jobs see `planRefresh`; no two of one key
 * @param state as the last pass left it; nothing in it is changed
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
  const { state: stock, refused } = await checkTokens(ports, jobs, cached, synced, stop, timing);
  const { due, waiting, nextIn } = refreshDue(jobs, cached, stock, clock);
  const pass = new Pass(ports, stock.groups, random, timing, stop);
  // Files first: that takes a moment, where a call may hang.
  const unserved = jobs.filter((job) =>
    needsPublishing(stock.groups[job.key], job, cached.get(job.key), clock),
  );
  await forEachConcurrent(unserved, timing.atOnce, (job) => pass.publish(job, cached.get(job.key)));
  await forEachConcurrent(due, timing.atOnce, (decision) => pass.renew(decision));
  const { renewed, failed, overtaken } = pass;
  const skipped = waiting.map(({ job }) => job);
  const wakeAt = Math.min(pass.nextOf(due), clock.now + nextIn);
  const after = withGroups(stock, pass.changed);
  const failing = jobs.flatMap((job) => failingJob(job, cached.get(job.key), after.groups[job.key], clock));
  const report = {
    renewed,
    failed,
    overtaken,
    skipped,
    failing,
    refused,
    ...(wakeAt < Infinity && { wakeAt }),
  };
  return { state: after, report };
}

/** None, or the one. Of a token that is no longer stored the plan for it tells. */
function failingJob(
  job: Job,
  entry: AuthorizationEntry | undefined,
  group: GroupState | undefined,
  clock: Clock,
): readonly FailingJob[] {
  const { failure, issue } = group ?? {};
  if (!failure) return [];
  const token = tokenTimes(entry?.life, issue, clock);
  return [{ job, note: failure, since: failure.since, ...(token && { token }) }];
}

/** What has come of a pass so far. */
class Pass {
  readonly renewed: Job[] = [];
  readonly failed: FailedJob[] = [];
  readonly overtaken: Job[] = [];
  readonly changed = new Map<string, GroupState>();
  private readonly brought = new Map<string, AuthorizationEntry>();

  constructor(
    private readonly ports: RefreshPorts,
    private readonly before: RefresherState["groups"],
    private readonly random: Random,
    private readonly timing: Timing,
    private readonly stop: AbortSignal,
  ) {}

  /** When the first of those that were due is to be tried again or renewed; milliseconds since the epoch. */
  nextOf(due: readonly RenewalDecision[]): number {
    const clock = this.ports.clock();
    const next = due.map(({ job, entry }) => {
      const cached = this.brought.get(job.key) ?? entry;
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
    const rested: GroupState = { ...this.group(job), rest: { from: clock, length: timing.rest } };
    const group = withAttempt(rested, outcome, elapsed(began, clock));
    if (outcome.kind === "overtaken") {
      this.changed.set(job.key, group);
      this.overtaken.push(job);
    }
    if (outcome.kind === "failed") {
      this.changed.set(job.key, afterFailure(group, decision, outcome.failure, clock, random, timing));
      this.failed.push({ job, failure: outcome.failure, step: "renew" });
    }
    if (outcome.kind === "done") {
      this.changed.set(job.key, afterToken(group, decision, outcome.entry, clock, random, timing));
      this.brought.set(job.key, outcome.entry);
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
    if (outcome.kind === "overtaken") this.overtaken.push(job);
  }

  private group({ key }: Job): GroupState {
    return this.changed.get(key) ?? this.before[key] ?? {};
  }
}

/** Counts an attempt that has a result: one that was stopped or overtaken has none. @param duration milliseconds */
function withAttempt(group: GroupState, { kind }: Outcome, duration: number): GroupState {
  if (kind !== "done" && kind !== "failed") return group;
  const result = kind === "done" ? "succeeded" : "failed";
  return { ...group, counts: countAttempt(group.counts, result, duration) };
}
