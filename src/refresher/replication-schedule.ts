import type { Failure } from "../token/failure.ts";
import type { Clock } from "../token/life.ts";
import { baseDelay } from "./backoff.ts";
import { isWaiting, keptFailure } from "./failure-record.ts";
import { isOver, type Pause, pauseOf } from "./pause.ts";
import { hasNumbers, isFailure, isObject, isPause, type KeptFailure } from "./state.ts";
import type { Random, Timing } from "./timing.ts";

/** A registry whose replication rules are followed. */
export interface Source {
  readonly host: string;
  /** The key of who reads them: another may see others, or none. */
  readonly reader: string;
  /** Changes with everything that may end a failure: AWS files, sign-ins, config. */
  readonly conditions: string;
}

/** What is remembered of reading replication rules, by the host of their source: plain JSON. */
export interface RuleFetchState {
  readonly format: typeof readingsFormat;
  readonly sources: Readonly<Record<string, Reading>>;
}

export interface Reading {
  /** When they could last be read; milliseconds since the epoch. */
  readonly readAt?: number;
  /** Who did then, see `Source`. */
  readonly reader?: string;
  /** Until they are read again. */
  readonly next?: Pause;
  /** Absent: the last attempt went well. */
  readonly failure?: KeptFailure;
}

const readingsFormat = 1;

export const noReadings: RuleFetchState = { format: readingsFormat, sources: {} };

/** Milliseconds from one reading to the next, drawn between the two: rules are rarely changed, and by hand. */
const interval: readonly [number, number] = [40 * 60_000, 60 * 60_000];

/**
 * Whose rules are to be read now; those whose last reading failed come last, so that they hold up only their like. A
 * pure function of its arguments.
 *
 * @param known the sources of which rules are known
 */
export function dueRuleFetches(
  sources: readonly Source[],
  readings: RuleFetchState,
  known: ReadonlySet<string>,
  clock: Clock,
): readonly Source[] {
  const failure = ({ host }: Source) => readings.sources[host]?.failure;
  const due = sources.filter((source) => {
    const failed = failure(source);
    if (failed) return !isWaiting(failed, source.conditions, clock);
    const { next, reader } = readings.sources[source.host] ?? {};
    return !next || isOver(next, clock) || reader !== source.reader || !known.has(source.host);
  });
  return due.toSorted((a, b) => Number(Boolean(failure(a))) - Number(Boolean(failure(b))));
}

export function afterReading({ reader }: Source, clock: Clock, random: Random): Reading {
  const [shortest, longest] = interval;
  const wait = Math.ceil(shortest + (longest - shortest) * random());
  return { readAt: clock.now, reader, next: pauseOf(wait, clock) };
}

export function afterFailedReading(
  reading: Reading | undefined,
  { conditions }: Source,
  failure: Failure,
  clock: Clock,
  random: Random,
  timing: Timing,
): Reading {
  const wait = (count: number) => baseDelay(failure.code, count, random, timing);
  return { ...reading, failure: keptFailure(failure, reading?.failure, conditions, clock, wait) };
}

/** What was read from a file; what is not of this form is left out, source by source, and costs a call. */
export function parseReadings(value: unknown): RuleFetchState {
  if (!isObject(value) || value.format !== readingsFormat || !isObject(value.sources)) return noReadings;
  const sources = Object.entries(value.sources).filter(([, reading]) => isReading(reading));
  return { format: readingsFormat, sources: Object.fromEntries(sources) as Record<string, Reading> };
}

/** Of two memories the later of each source: the disk may have refused one, another process written the other. */
export function laterReadings(one: RuleFetchState, other: RuleFetchState): RuleFetchState {
  const sources = { ...one.sources };
  for (const [host, reading] of Object.entries(other.sources)) {
    const mine = sources[host];
    if (!mine || lastTried(reading) > lastTried(mine)) sources[host] = reading;
  }
  return { format: readingsFormat, sources };
}

function lastTried({ readAt = 0, failure }: Reading): number {
  return Math.max(readAt, failure?.at ?? 0);
}

function isReading(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { reader, next, failure } = value;
  return (
    (value.readAt === undefined || hasNumbers(value, ["readAt"])) &&
    (reader === undefined || typeof reader === "string") &&
    (next === undefined || isPause(next)) &&
    (failure === undefined || isFailure(failure))
  );
}
