import { forEachConcurrent, within } from "../limits/concurrency.ts";
import type { Failure } from "../token/failure.ts";
import type { Clock } from "../token/life.ts";
import { timeoutFailure, toFailure } from "./failures.ts";
import {
  afterFailedReading,
  afterReading,
  type Reading,
  type RuleFetchState,
  type Source,
} from "./replication-schedule.ts";
import { type Random, type Timing, usualTiming } from "./timing.ts";

/** What the reading of replication rules takes from the rooms behind it. */
export interface ReadingPorts<Rules> {
  clock(): Clock;
  /** @throws Failure */
  read(source: Source, signal: AbortSignal): Promise<Rules>;
  /** Whether the source is still followed, under the identity that was asked. */
  isCurrent(source: Source): Promise<boolean>;
  /** Keeps what came of all. @throws Failure */
  keep(brought: ReadonlyMap<string, Rules>): Promise<void>;
  /** Aborts after so many milliseconds. */
  deadline(limit: number): AbortSignal;
}

export interface ReadingReport {
  /** What is remembered of them now. */
  readonly readings: RuleFetchState;
  readonly failed: readonly FailedSource[];
}

export interface FailedSource {
  readonly source: Source;
  readonly failure: Failure;
}

/** Milliseconds: for one registry, and for all of a pass; those that it left over are due in the next. */
const limits = { one: 15_000, all: 40_000 } as const;

/**
 * Reads the rules of sources and has them kept. Never rejects and ends in time, whatever hangs. Rules that a change of
 * the config overtook are thrown away, and nothing is noted of them.
 */
export async function readSources<Rules>(
  ports: ReadingPorts<Rules>,
  due: readonly Source[],
  before: RuleFetchState,
  random: Random,
  stop: AbortSignal,
  timing: Timing = usualTiming,
): Promise<ReadingReport> {
  const brought = new Map<string, Rules>();
  const failures = new Map<string, Failure>();
  const over = AbortSignal.any([stop, ports.deadline(limits.all)]);
  await forEachConcurrent(due, timing.atOnce, async (source) => {
    if (over.aborted) return;
    const signal = AbortSignal.any([stop, ports.deadline(limits.one)]);
    try {
      const late = () =>
        timeoutFailure(`the replication rules of ${source.host} did not come within their time limit`);
      const rules = await within(signal, ports.read(source, signal), late);
      if (await ports.isCurrent(source)) brought.set(source.host, rules);
    } catch (error) {
      if (!stop.aborted) failures.set(source.host, toFailure(error, unreadable(source)));
    }
  });
  if (brought.size > 0) {
    await ports.keep(brought).catch((error) => {
      // Noted as read, what could not be kept would not be looked for again.
      for (const source of due) {
        if (brought.delete(source.host)) failures.set(source.host, toFailure(error, unreadable(source)));
      }
    });
  }
  const clock = ports.clock();
  const sources: Record<string, Reading> = { ...before.sources };
  const failed: FailedSource[] = [];
  for (const source of due) {
    const { host } = source;
    const failure = failures.get(host);
    if (brought.has(host)) sources[host] = afterReading(source, clock, random);
    if (!failure) continue;
    sources[host] = afterFailedReading(before.sources[host], source, failure, clock, random, timing);
    failed.push({ source, failure });
  }
  return { readings: { ...before, sources }, failed };
}

const unreadable = ({ host }: Source) => `the replication rules of ${host} can't be read`;
