import { hour, minute } from "../support/fakes/clock.ts";

/** From and until, milliseconds since the start of the simulation. */
export type Span = readonly [from: number, to: number];

/** What goes wrong in a run, all of it drawn from a seed. */
export interface Schedule {
  readonly outages: readonly (readonly Span[])[];
  readonly throttlings: readonly (readonly Span[])[];
  readonly sleeps: readonly Span[];
  /** The wall clock is off by `by` meanwhile. */
  readonly steps: readonly { readonly span: Span; readonly by: number }[];
  /** By identity. */
  readonly ssoEnded: ReadonlyMap<number, readonly Span[]>;
  readonly rotations: readonly { readonly at: number; readonly identity: number }[];
  readonly erases: readonly { readonly at: number; readonly group: number }[];
  readonly restarts: readonly { readonly at: number; readonly reboot: boolean }[];
}

const day = 24 * hour;

export function drawSchedule(
  days: number,
  identities: number,
  regions: number,
  random: () => number,
): Schedule {
  const end = days * day;
  const between = (from: number, to: number) => from + (to - from) * random();
  const times = (perDay: number) =>
    Array.from({ length: Math.round(days * perDay) }, () => between(0, end)).sort((a, b) => a - b);

  /** AWS is well for three hours after each trouble of a region. */
  function troubles(): { outages: Span[]; throttlings: Span[] } {
    const outages: Span[] = [];
    const throttlings: Span[] = [];
    for (let at = between(hour, 6 * day); at < end; at += between(3 * hour, 6 * day)) {
      const isOutage = random() < 0.6;
      const until = at + (isOutage ? (random() < 0.4 ? 5 * hour : between(0, 5 * hour)) : between(0, hour));
      (isOutage ? outages : throttlings).push([at, until]);
      at = until;
    }
    return { outages, throttlings };
  }

  const byRegion = Array.from({ length: regions }, troubles);
  const sleeps = times(0.25).map(
    (at): Span => [at, at + (random() < 0.1 ? 60 * hour : between(hour, 14 * hour))],
  );
  const steps = times(0.15).map((at) => {
    const span: Span = [at, at + between(10 * minute, 9 * hour)];
    return { span, by: Math.round(between(-8 * hour, 8 * hour)) };
  });
  const quiet = (at: number) => steps.every(({ span }) => at < span[0] || at > span[1] + 13 * hour);
  const ssoEnded = new Map<number, Span[]>();
  for (let identity = 0; identity < identities; identity += 5) {
    ssoEnded.set(
      identity,
      // Until the pass after a user signed in: before that the daemon can't know.
      times(1 / 25).map((at): Span => [at, Math.ceil((at + between(3 * hour, 50 * hour)) / minute) * minute]),
    );
  }
  return {
    outages: byRegion.map(({ outages }) => outages),
    throttlings: byRegion.map(({ throttlings }) => throttlings),
    ...{ sleeps, steps, ssoEnded },
    rotations: times(0.5).map((at) => ({ at, identity: 1 + 5 * Math.floor(random() * (identities / 5)) })),
    erases: times(0.5).map((at) => ({ at, group: Math.floor(random() * identities * regions) })),
    // A reboot while the clock is wrong would lose the only source of a token's age.
    restarts: times(0.2).map((at) => ({ at, reboot: random() < 0.5 && quiet(at) })),
  };
}

export function isWithin(spans: readonly Span[], at: number): boolean {
  return spans.some(([from, to]) => from <= at && at < to);
}

/** When the last of the spans that have ended did. */
export function lastEnd(spans: readonly Span[], at: number): number {
  return spans.reduce((last, [, to]) => (to <= at ? Math.max(last, to) : last), Number.NEGATIVE_INFINITY);
}
