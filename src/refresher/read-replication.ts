import { forEachConcurrent, within } from "../limits/concurrency.ts";
import type { Failure } from "../token/failure.ts";
import type { Clock } from "../token/life.ts";
import { timeoutFailure, toFailure } from "./failures.ts";
import {
  afterFailedRuleFetch,
  afterRuleFetch,
  type RuleFetch,
  type RuleFetchState,
  type Source,
} from "./replication-schedule.ts";
import { type Random, type Timing, usualTiming } from "./timing.ts";

/** What reading replication rules needs from config, store and AWS. */
export interface RuleFetchPorts<Rules> {
  clock(): Clock;
  /** @throws Failure */
  read(source: Source, signal: AbortSignal): Promise<Rules>;
  /** Whether the source is still followed, with the identity that read its rules. */
  isCurrent(source: Source): Promise<boolean>;
  /** Stores the rules of all sources. @throws Failure */
  store(fetched: ReadonlyMap<string, Rules>): Promise<void>;
  /** Aborts after `limit` milliseconds. */
  deadline(limit: number): AbortSignal;
}

export interface RuleFetchReport {
  /** The new state of all sources. */
  readonly ruleFetches: RuleFetchState;
  readonly failed: readonly FailedSource[];
}

export interface FailedSource {
  readonly source: Source;
  readonly failure: Failure;
}

/** Milliseconds for one registry, and for all of a pass; the others are due in the next pass. */
const limits = { one: 15_000, all: 40_000 } as const;

/**
 * Reads and stores the rules of sources. Never rejects, and ends within `limits` even if a call hangs. If the config
 * has changed meanwhile, the rules are discarded and nothing is recorded.
 */
export async function fetchRules<Rules>(
  ports: RuleFetchPorts<Rules>,
  due: readonly Source[],
  before: RuleFetchState,
  random: Random,
  stop: AbortSignal,
  timing: Timing = usualTiming,
): Promise<RuleFetchReport> {
  const fetched = new Map<string, Rules>();
  const failures = new Map<string, Failure>();
  const timeUp = AbortSignal.any([stop, ports.deadline(limits.all)]);
  await forEachConcurrent(due, timing.concurrency, async (source) => {
    if (timeUp.aborted) return;
    const signal = AbortSignal.any([stop, ports.deadline(limits.one)]);
    try {
      const timeout = () =>
        timeoutFailure(`the replication rules of ${source.host} were not received within their time limit`);
      const rules = await within(signal, ports.read(source, signal), timeout);
      if (await ports.isCurrent(source)) fetched.set(source.host, rules);
    } catch (error) {
      if (!stop.aborted) failures.set(source.host, toFailure(error, cantBeRead(source)));
    }
  });
  if (fetched.size > 0) {
    await ports.store(fetched).catch((error) => {
      // Recorded as read, rules that could not be stored would not be read again.
      for (const source of due) {
        if (fetched.delete(source.host)) failures.set(source.host, toFailure(error, cantBeRead(source)));
      }
    });
  }
  const clock = ports.clock();
  const sources: Record<string, RuleFetch> = { ...before.sources };
  const failed: FailedSource[] = [];
  for (const source of due) {
    const { host } = source;
    const failure = failures.get(host);
    if (fetched.has(host)) sources[host] = afterRuleFetch(source, clock, random);
    if (!failure) continue;
    sources[host] = afterFailedRuleFetch(before.sources[host], source, failure, clock, random, timing);
    failed.push({ source, failure });
  }
  return { ruleFetches: { ...before, sources }, failed };
}

const cantBeRead = ({ host }: Source) => `the replication rules of ${host} can't be read`;
