import type { Failure } from "../token/failure.ts";
import type { Clock } from "../token/life.ts";
import { baseDelay } from "./backoff.ts";
import { isWaiting, recordFailure } from "./failure-record.ts";
import { isOver, type Pause, pauseOf } from "./pause.ts";
import { type FailureRecord, hasNumbers, isFailure, isObject, isPause } from "./state.ts";
import type { Random, Timing } from "./timing.ts";

/** A registry whose replication rules are followed. */
export interface Source {
  readonly host: string;
  /** The key of the identity that reads them: another identity may get other rules, or none. */
  readonly reader: string;
  /** A fingerprint of everything whose change may end a failure: AWS files, sign-ins, config. */
  readonly conditions: string;
}

/** The results of reading replication rules, by the host of their source: plain JSON. */
export interface RuleFetchState {
  readonly format: typeof ruleFetchFormat;
  readonly sources: Readonly<Record<string, RuleFetch>>;
}

export interface RuleFetch {
  /** When they were last read; milliseconds since the epoch. */
  readonly readAt?: number;
  /** The identity that read them, see `Source`. */
  readonly reader?: string;
  /** The time until they are read again. */
  readonly next?: Pause;
  /** Absent: the last attempt succeeded. */
  readonly failure?: FailureRecord;
}

const ruleFetchFormat = 1;

export const noRuleFetches: RuleFetchState = { format: ruleFetchFormat, sources: {} };

/** Milliseconds from one fetch to the next, a random time between the two: rules change rarely, and by hand. */
const interval: readonly [number, number] = [40 * 60_000, 60 * 60_000];

/**
 * The sources whose rules are to be read now. Those whose last attempt failed come last, so that they delay only each
 * other. A pure function of its arguments.
 *
 * @param known the sources whose rules are stored
 */
export function dueRuleFetches(
  sources: readonly Source[],
  ruleFetches: RuleFetchState,
  known: ReadonlySet<string>,
  clock: Clock,
): readonly Source[] {
  const failure = ({ host }: Source) => ruleFetches.sources[host]?.failure;
  const due = sources.filter((source) => {
    const failed = failure(source);
    if (failed) return !isWaiting(failed, source.conditions, clock);
    const { next, reader } = ruleFetches.sources[source.host] ?? {};
    return !next || isOver(next, clock) || reader !== source.reader || !known.has(source.host);
  });
  return due.toSorted((a, b) => Number(Boolean(failure(a))) - Number(Boolean(failure(b))));
}

export function afterRuleFetch({ reader }: Source, clock: Clock, random: Random): RuleFetch {
  const [shortest, longest] = interval;
  const wait = Math.ceil(shortest + (longest - shortest) * random());
  return { readAt: clock.now, reader, next: pauseOf(wait, clock) };
}

export function afterFailedRuleFetch(
  ruleFetch: RuleFetch | undefined,
  { conditions }: Source,
  failure: Failure,
  clock: Clock,
  random: Random,
  timing: Timing,
): RuleFetch {
  const wait = (count: number) => baseDelay(failure.code, count, random, timing);
  return { ...ruleFetch, failure: recordFailure(failure, ruleFetch?.failure, conditions, clock, wait) };
}

/** Parses what was read from a file. Invalid sources are left out, which costs a call for each. */
export function parseRuleFetches(value: unknown): RuleFetchState {
  if (!isObject(value) || value.format !== ruleFetchFormat || !isObject(value.sources)) return noRuleFetches;
  const sources = Object.entries(value.sources).filter(([, ruleFetch]) => isRuleFetch(ruleFetch));
  return { format: ruleFetchFormat, sources: Object.fromEntries(sources) as Record<string, RuleFetch> };
}

/** The later of two results for each source: one may not have reached the disk, another process may have written the other. */
export function mergeRuleFetches(first: RuleFetchState, second: RuleFetchState): RuleFetchState {
  const sources = { ...first.sources };
  for (const [host, ruleFetch] of Object.entries(second.sources)) {
    const known = sources[host];
    if (!known || lastAttemptAt(ruleFetch) > lastAttemptAt(known)) sources[host] = ruleFetch;
  }
  return { format: ruleFetchFormat, sources };
}

function lastAttemptAt({ readAt = 0, failure }: RuleFetch): number {
  return Math.max(readAt, failure?.at ?? 0);
}

function isRuleFetch(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { reader, next, failure } = value;
  return (
    (value.readAt === undefined || hasNumbers(value, ["readAt"])) &&
    (reader === undefined || typeof reader === "string") &&
    (next === undefined || isPause(next)) &&
    (failure === undefined || isFailure(failure))
  );
}
